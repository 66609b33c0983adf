import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { billedSeconds, quoteExpired } from '@upscale/types'
import type {
  AccountId,
  AccountView,
  BillingRefusal,
  BooksView,
  ChargeState,
  ChargeView,
  DebitAnswer,
  LedgerLine,
  PostingView,
  RatesView,
  RefillRequest,
  RefillView,
  ReverseView,
  TaskBooks,
  TaskId,
  Transaction,
  TransactionList,
} from '@upscale/types'
import type { BillingActivities } from '@upscale/workflows/activities'

const FIRST_PRICES = { '1': 16, '2': 16, '4': 28 }
const PRICE_HELD_MS = 3_600_000
const RATES = {
  plans: [
    { id: 'free', dailyTasks: 0, usdMicrosPerCredit: null },
    { id: 'pro_monthly', dailyTasks: 500, usdMicrosPerCredit: 12_000 },
    { id: 'pro_yearly', dailyTasks: 500, usdMicrosPerCredit: 6_000 },
  ],
  schedule: [],
} satisfies Partial<RatesView>

interface Account {
  balance: number
  apiAccess: boolean
  dailyTasks: number | null
  refilledOn?: string
  lines: (Transaction & { generation: number })[]
}

interface Charge extends ChargeView {
  taskId: TaskId
  accountId: AccountId
  debitId: string | null
}

/** A request of the gateway, with its path, query and body. */
interface Asked {
  method: string
  url: string
  body: unknown
}

/**
 * Billing as the gateway meets it: its HTTP API, and its activities for the workflow, over one memory. Both
 * apps compile against the same answers in `packages/types`; that the two get on is what the acceptance
 * tests prove, which run them together.
 */
export async function startTestBilling(secret: string) {
  const books = createBooks()
  const requests: string[] = []
  const changes: Asked[] = []
  const postings: PostingView[] = []
  let isDown = false
  let found: BooksView = NO_FINDINGS
  /** What the next change is answered with. */
  let nextAnswer: { status: number; body: unknown } | undefined

  async function answerTo(req: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const url = new URL(req.url ?? '/', 'http://billing')
    const [, of = '', id = '', sub] = url.pathname.split('/').map(decodeURIComponent)
    if (isDown) return { status: 500, body: {} }
    if (of === 'readyz') return ok({ database: 'ok' })
    if (req.headers.authorization !== `Bearer ${secret}`) return { status: 401, body: {} }
    if (req.method === 'POST') {
      const body = await json(req)
      if (of === 'accounts' && sub === 'refill') return books.refill(id, body as RefillRequest)
      changes.push({ method: req.method, url: req.url ?? '', body })
      if (of === 'tasks' && sub === 'reverse') return books.reverse(id as TaskId)
      const given = nextAnswer ?? { status: 204, body: undefined }
      nextAnswer = undefined
      return given
    }
    if (of === 'rates') {
      const at = new Date()
      const creditsPerSecond = books.pricesAt(at.getTime())
      return ok({ at: at.toISOString(), creditsPerSecond, ...RATES } satisfies RatesView)
    }
    if (of === 'books') return ok(found)
    if (of === 'postings') {
      const posting = postings.find(({ key }) => key === url.searchParams.get('key'))
      return posting ? ok(posting) : { status: 404, body: {} }
    }
    if (of === 'tasks') return books.ofTask(id as TaskId)
    return books.ofAccount(id, sub, url.searchParams)
  }
  const server = createServer((req, res) => {
    requests.push(req.url ?? '')
    void answerTo(req).then(({ status, body }) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    )
  })
  server.listen(0)
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    activities: books.activities,
    requests,
    changes,
    open: books.open,
    /** Billing has never heard of the account. */
    close: books.close,
    /** From now on. */
    reprice: books.reprice,
    balanceOf: books.balanceOf,
    /** Puts a charge into a state that no call of these tests leads to. */
    force: books.force,
    answerNext: (status: number, body: unknown) => (nextAnswer = { status, body }),
    /** A grant or an adjustment that was made before. */
    book: (posting: PostingView) => postings.push(posting),
    fail: (down: boolean) => (isDown = down),
    /** What the last pass of the reconciler left. */
    passed: (books: Partial<BooksView>) => (found = { ...NO_FINDINGS, ...books }),
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const ok = (body: unknown) => ({ status: 200, body })
const refused = (status: number, body: BillingRefusal) => ({ status, body })

const ACCOUNT_NOT_FOUND = refused(404, {
  code: 'NOT_FOUND',
  key: 'account_not_found',
  message: 'There is no such account',
  param: null,
})

export const NO_FINDINGS = { lastPassAt: null, findings: [], openCharges: 0, oldestOpenAt: null }

/** Accounts and charges, with the answers that the ledger gives. */
function createBooks() {
  const accounts = new Map<string, Account>()
  const charges: Charge[] = []
  const prices: { from: number; prices: RatesView['creditsPerSecond'] }[] = []
  const chargeOf = (taskId: TaskId, generation: number) =>
    charges.find((charge) => charge.taskId === taskId && charge.generation === generation)

  const post = (charge: Charge, type: 'debit' | 'refund', amount: number, reason: string) => {
    const account = accounts.get(charge.accountId)
    if (!account) throw new Error('no such account')
    account.balance += amount
    const id = `txn_${randomBytes(12).toString('hex')}`
    const { taskId, generation } = charge
    const createdAt = new Date().toISOString()
    const balanceAfter = account.balance
    const line = { id, type, amount, balanceAfter, taskId, relatedId: null, reason, createdAt }
    account.lines.unshift({ ...line, generation })
    return id
  }
  const close = (charge: Charge, state: ChargeState, reason: string, amount = 0) => {
    Object.assign(charge, { state, reason, givenBack: amount, closedAt: new Date().toISOString() })
    if (amount > 0) post(charge, 'refund', amount, reason)
  }
  const add = (
    charge: Pick<Charge, 'taskId' | 'accountId' | 'generation' | 'state' | 'credits'>,
  ) => {
    const createdAt = new Date().toISOString()
    const open = { givenBack: 0, reason: null, createdAt, closedAt: null, debitId: null }
    const made: Charge = { ...charge, ...open }
    charges.push(made)
    return made
  }
  const debitAnswer = (charge: Charge, creditsPerSecond: number): DebitAnswer => {
    const { state, credits, debitId, accountId } = charge
    const creditsUsed = credits ?? 0
    const creditsRemaining = accounts.get(accountId)?.balance ?? 0
    switch (state) {
      case 'debited':
      case 'settled':
      case 'waived':
        return { state, creditsUsed, creditsRemaining, creditsPerSecond, debitId }
      case 'rejected':
        return { state, required: creditsUsed, available: creditsRemaining }
      default:
        return { state }
    }
  }
  const pricesAt = (at: number) => prices.findLast(({ from }) => from <= at)?.prices ?? FIRST_PRICES
  const activities: BillingActivities = {
    async debit({ accountId, taskId, generation, durationMs, factor, maxCredits, pricedAt }) {
      if (pricedAt !== undefined && pricedAt <= Date.now() - PRICE_HELD_MS) throw quoteExpired()
      const creditsPerSecond = pricesAt(pricedAt ?? Date.now())[factor]
      const known = chargeOf(taskId, generation)
      if (known) return debitAnswer(known, creditsPerSecond)
      const price = billedSeconds(durationMs) * creditsPerSecond
      if (maxCredits !== undefined && price > maxCredits)
        return { state: 'too_expensive', price, maxCredits }
      const isPoor = price > (accounts.get(accountId)?.balance ?? 0)
      const state = isPoor ? 'rejected' : 'debited'
      const made = add({ taskId, accountId, generation, state, credits: price })
      if (!isPoor) made.debitId = post(made, 'debit', -price, 'debit')
      return debitAnswer(made, creditsPerSecond)
    },
    async refund({ accountId, taskId, generation, code, donePercent }) {
      const charge =
        chargeOf(taskId, generation) ??
        add({ taskId, accountId, generation, state: 'voided', credits: null })
      const credits = charge.credits ?? 0
      const kept = Math.ceil((credits * donePercent) / 100)
      if (charge.state === 'debited') close(charge, 'refunded', code, credits - kept)
      return { state: charge.state, givenBack: charge.givenBack }
    },
    async settle({ taskId, generation }) {
      const charge = chargeOf(taskId, generation)
      if (!charge) throw new Error('no such charge')
      if (charge.state === 'debited') close(charge, 'settled', 'delivered')
      return { state: charge.state, givenBack: charge.givenBack }
    },
  }

  return {
    activities,
    pricesAt,
    reprice: (next: RatesView['creditsPerSecond']) =>
      void prices.push({ from: Date.now(), prices: next }),
    open: (accountId: string, balance: number, apiAccess = true, dailyTasks: number | null = 500) =>
      accounts.set(accountId, { balance, apiAccess, dailyTasks, lines: [] }),
    close: (accountId: string) => accounts.delete(accountId),
    balanceOf: (accountId: string) => accounts.get(accountId)?.balance,

    force(taskId: TaskId, state: ChargeState, accountId: AccountId) {
      const charge =
        charges.findLast((it) => it.taskId === taskId) ??
        add({ taskId, accountId, generation: 1, state, credits: 144 })
      charge.state = state
    },

    reverse(taskId: TaskId) {
      const charge = charges.findLast((it) => it.taskId === taskId)
      const replay = charge?.state === 'reversed'
      if (charge?.state === 'settled') close(charge, 'reversed', 'reversed', charge.credits ?? 0)
      if (charge?.state !== 'reversed') {
        const message = 'Only a settled charge can be reversed'
        return refused(409, { code: 'ACTION_REFUSED', key: 'not_settled', message, param: null })
      }
      const { generation, givenBack, accountId } = charge
      const balance = accounts.get(accountId)?.balance ?? 0
      return ok({ generation, givenBack, balance, replay } satisfies ReverseView)
    },

    refill(id: string, { day }: RefillRequest) {
      const account = accounts.get(id)
      if (!account) return ACCOUNT_NOT_FOUND
      if (account.refilledOn !== day) account.balance = Math.max(account.balance, 100_000)
      account.refilledOn = day
      return ok({ balance: account.balance } satisfies RefillView)
    },

    ofTask(taskId: TaskId) {
      const own = charges.filter((charge) => charge.taskId === taskId)
      const [first] = own
      if (!first) {
        const message = 'The ledger knows no such task'
        return refused(404, { code: 'TASK_NOT_FOUND', key: 'task_not_found', message, param: null })
      }
      const lines = (accounts.get(first.accountId)?.lines ?? [])
        .filter((line) => line.taskId === taskId)
        .map((line) => ({ ...line, kind: line.type as LedgerLine['kind'], actor: 'workflow' }))
        .toReversed()
      const { accountId } = first
      return ok({ taskId, accountId, charges: own, lines } satisfies TaskBooks)
    },

    ofAccount(id: string, sub: string | undefined, query: URLSearchParams) {
      const account = accounts.get(id)
      if (!account) return ACCOUNT_NOT_FOUND
      const { balance, apiAccess, dailyTasks, lines } = account
      if (sub) return pageOf(lines, query)
      return ok({
        accountId: id as AccountId,
        plan: 'pro_yearly',
        dailyTasks,
        usdMicrosPerCredit: 6_000,
        balance,
        apiAccess,
      } satisfies AccountView)
    },
  }
}

/** Newest first; the cursor is the number of lines that were given. */
function pageOf(lines: readonly Transaction[], query: URLSearchParams) {
  const cursor = query.get('cursor') ?? '0'
  if (!/^\d+$/.test(cursor)) return CURSOR_REFUSED
  const start = Number(cursor)
  const end = start + Number(query.get('limit') ?? '20')
  const fitting = lines.filter(
    ({ taskId, type }) =>
      (query.get('task_id') ?? taskId) === taskId && (query.get('type') ?? type) === type,
  )
  const nextCursor = fitting.length > end ? String(end) : null
  return ok({ items: fitting.slice(start, end), nextCursor } satisfies TransactionList)
}

const CURSOR_REFUSED = refused(400, {
  code: 'INVALID_PARAMETER',
  key: 'invalid_parameter',
  message: 'cursor is not valid: send next_cursor of the page before, or none for the first page',
  param: 'cursor',
})
