import { AppError, isErrorCode } from '@upscale/types'
import type {
  AccountId,
  AccountView,
  BillingRefusal,
  BooksView,
  PostingView,
  RatesView,
  RefillView,
  ReverseRequest,
  ReverseView,
  TaskBooks,
  TaskId,
  TransactionList,
} from '@upscale/types'
import { keepAnswers } from './kept-answers.ts'
import type { TaskTransaction } from './tasks/task-state.ts'
import { tryAgain } from './try-again.ts'

const TERMS_KEPT_MS = 15_000
const TERMS_RENEW_MS = 5_000
const DAY_MS = 86_400_000
const RATES_KEPT_MS = 60_000
const MAX_LINES = 100 // a generation has two lines; nobody runs a job fifty times

/** Billing's internal HTTP API. Throws SERVICE_UNAVAILABLE where it does not answer. */
export type BillingClient = ReturnType<typeof createBillingClient>

export interface BillingRequest {
  method: 'GET' | 'POST'
  /** With its query. */
  path: string
  body?: object | undefined
}

export interface BillingAnswer {
  status: number
  /** Undefined: the answer has none. */
  body: unknown
}

export function createBillingClient(config: { url: string; secret: string; timeoutMs: number }) {
  const base = new URL(config.url.replace(/\/*$/, '/'))

  /** Below our own billing, whatever the path says: the secret goes nowhere else. */
  function urlOf(path: string): URL {
    const url = new URL(`.${path}`, base)
    if (url.origin === base.origin && url.pathname.startsWith(base.pathname)) return url
    throw new Error('A path that leads away from billing')
  }

  async function send({ method, path, body }: BillingRequest): Promise<BillingAnswer> {
    try {
      const response = await fetch(urlOf(path), {
        method,
        headers: { authorization: `Bearer ${config.secret}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(config.timeoutMs),
        redirect: 'error',
      })
      const { status } = response
      const text = await response.text()
      // A 401 is about our own secret: nothing that the one who asks us can mend.
      if (status >= 500 || status === 401) throw new Error(`Billing answered ${status}`)
      return { status, body: text === '' ? undefined : JSON.parse(text) }
    } catch (cause) {
      throw tryAgain(cause)
    }
  }

  /** Throws what billing refused, as its own error. */
  async function ask(request: BillingRequest): Promise<BillingAnswer> {
    const answer = await send(request)
    if (answer.status >= 300) throw refusalFrom(answer)
    return answer
  }

  /** Undefined: billing knows no such thing. */
  async function get<Answer>(path: string): Promise<Answer | undefined> {
    const answer = await send({ method: 'GET', path })
    if (answer.status === 404) return undefined
    if (answer.status >= 300) throw tryAgain(refusalFrom(answer))
    return answer.body as Answer
  }

  const readAccount = (id: AccountId) => get<AccountView>(`/accounts/${encodeURIComponent(id)}`)
  const readTerms = async (id: string) => {
    const account = await readAccount(id as AccountId)
    return account?.apiAccess ? { plan: account.plan, dailyTasks: account.dailyTasks } : undefined
  }
  const terms = keepAnswers(TERMS_KEPT_MS, readTerms, { renewMs: TERMS_RENEW_MS })
  // By account and day: each process asks once.
  const refills = keepAnswers(DAY_MS, async (asked) => {
    const [id = '', day] = asked.split(' ')
    const path = `/accounts/${encodeURIComponent(id)}/refill`
    const answer = await send({ method: 'POST', path, body: { day } })
    if (answer.status === 404) return undefined
    if (answer.status >= 300) throw tryAgain(refusalFrom(answer))
    return answer.body as RefillView
  })
  const rates = keepAnswers(RATES_KEPT_MS, () => get<RatesView>('/rates'))

  return {
    ask,

    /** Undefined: the account was never opened. Always the present balance. */
    readAccount,

    /**
     * What the plan of an account allows; undefined: it may not use the API. Terms are kept for some
     * seconds; a no is asked anew, since it ends with a payment.
     */
    readTerms: (id: AccountId) => terms(id),

    /** Ledger lines of an account, newest first; an account that was never opened has none. */
    async listTransactions(id: AccountId, query: URLSearchParams): Promise<TransactionList> {
      const path = `/accounts/${encodeURIComponent(id)}/transactions?${query.toString()}`
      const answer = await send({ method: 'GET', path })
      if (answer.status === 404) return { items: [], nextCursor: null }
      if (answer.status >= 300) throw refusalFrom(answer)
      return answer.body as TransactionList
    },

    /** Lifts a test account to its credits of this UTC day, once; undefined: it was never opened. */
    refill: (id: AccountId, day: string) => refills(`${id} ${day}`),

    /** Ledger lines of one task, oldest first. */
    async listTaskTransactions(id: AccountId, taskId: TaskId): Promise<TaskTransaction[]> {
      const query = new URLSearchParams({ task_id: taskId, limit: String(MAX_LINES) })
      const list = await get<TransactionList>(
        `/accounts/${encodeURIComponent(id)}/transactions?${query.toString()}`,
      )
      const lines = list?.items.map(({ id, type, amount }) => ({ id, type, amount })) ?? []
      return lines.toReversed()
    },

    /** All that the ledger knows of a task; undefined: nothing. */
    readBooks: (taskId: TaskId) => get<TaskBooks>(`/tasks/${taskId}/books`),

    /** What the key of a grant or an adjustment was used for; undefined: for nothing. */
    findPosting: (key: string) =>
      get<PostingView>(`/postings?${new URLSearchParams({ key }).toString()}`),

    /** What the reconciler found at its last pass. */
    async readBooksState(): Promise<BooksView> {
      return (await ask({ method: 'GET', path: '/books' })).body as BooksView
    },

    /** Each part of billing with `ok`, or what is wrong with it. */
    async readHealth(): Promise<Record<string, string>> {
      try {
        const signal = AbortSignal.timeout(config.timeoutMs)
        const response = await fetch(urlOf('/readyz'), { signal, redirect: 'error' })
        const { ok, status } = response
        if (!ok && status !== 503) throw new Error(`Billing answered ${status}`)
        return (await response.json()) as Record<string, string>
      } catch (cause) {
        throw tryAgain(cause)
      }
    },

    /** Gives the settled charge of a task back. Safe to repeat. */
    async reverse(taskId: TaskId, body: ReverseRequest): Promise<ReverseView> {
      const answer = await ask({ method: 'POST', path: `/tasks/${taskId}/reverse`, body })
      return answer.body as ReverseView
    },

    /** At most a minute old: to show, not to fix a price by. */
    readRates: async (): Promise<RatesView> => ratesFrom(await rates('')),

    readRatesNow: async (): Promise<RatesView> => ratesFrom(await get<RatesView>('/rates')),
  }
}

function ratesFrom(view: RatesView | undefined): RatesView {
  if (!view) throw new Error('Billing has no rates')
  return view
}

function refusalFrom({ status, body }: BillingAnswer): AppError {
  const { code, key, message, param } = (body ?? {}) as Partial<BillingRefusal>
  if (code === undefined || message === undefined || !isErrorCode(code)) {
    return tryAgain(new Error(`Billing answered ${status}`))
  }
  return new AppError(code, message, { key, param: param ?? undefined })
}
