import type { AccountId, AccountView, RatesView, TaskId, TransactionList } from '@upscale/types'
import { keepAnswers } from './kept-answers.ts'
import type { TaskTransaction } from './tasks/task-state.ts'
import { tryAgain } from './try-again.ts'

const ACCESS_KEPT_MS = 5_000
const RATES_KEPT_MS = 60_000
const MAX_LINES = 100 // a generation has two lines; nobody runs a job fifty times

/** Billing's internal HTTP API. Throws SERVICE_UNAVAILABLE where it does not answer. */
export type BillingClient = ReturnType<typeof createBillingClient>

export function createBillingClient(config: { url: string; secret: string; timeoutMs: number }) {
  const base = config.url.replace(/\/+$/, '')

  /** Undefined: billing knows no such thing. */
  async function get<Answer>(path: string): Promise<Answer | undefined> {
    try {
      const response = await fetch(base + path, {
        headers: { authorization: `Bearer ${config.secret}` },
        signal: AbortSignal.timeout(config.timeoutMs),
        redirect: 'error',
      })
      if (response.status === 404) {
        await response.body?.cancel()
        return undefined
      }
      if (!response.ok) throw new Error(`Billing answered ${response.status}`)
      return (await response.json()) as Answer
    } catch (cause) {
      throw tryAgain(cause)
    }
  }
  const readAccount = (id: AccountId) => get<AccountView>(`/accounts/${encodeURIComponent(id)}`)
  const access = keepAnswers(ACCESS_KEPT_MS, async (id) =>
    (await readAccount(id as AccountId))?.apiAccess ? true : undefined,
  )
  const rates = keepAnswers(RATES_KEPT_MS, () => get<RatesView>('/rates'))

  return {
    /** Undefined: the account was never opened. Always the present balance. */
    readAccount,

    /** A yes is kept for some seconds; a no is asked anew, since it ends with a payment. */
    hasApiAccess: async (id: AccountId): Promise<boolean> => (await access(id)) ?? false,

    /** Ledger lines of one task, oldest first. */
    async listTaskTransactions(id: AccountId, taskId: TaskId): Promise<TaskTransaction[]> {
      const query = new URLSearchParams({ task_id: taskId, limit: String(MAX_LINES) })
      const list = await get<TransactionList>(
        `/accounts/${encodeURIComponent(id)}/transactions?${query.toString()}`,
      )
      const lines = list?.items.map(({ id, type, amount }) => ({ id, type, amount })) ?? []
      return lines.toReversed()
    },

    async readRates(): Promise<RatesView> {
      const view = await rates('')
      if (!view) throw new Error('Billing has no rates')
      return view
    },
  }
}
