import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { billedSeconds } from '@upscale/types'
import type { AccountView, RatesView, Transaction, TransactionList } from '@upscale/types'
import type { BillingActivities } from '@upscale/workflows/activities'

const CREDITS_PER_SECOND = { '1': 16, '2': 16, '4': 28 } as const
const RATES = {
  creditsPerSecond: CREDITS_PER_SECOND,
  plans: [
    { id: 'free', usdMicrosPerCredit: null },
    { id: 'pro_monthly', usdMicrosPerCredit: 12_000 },
    { id: 'pro_yearly', usdMicrosPerCredit: 6_000 },
  ],
} satisfies RatesView

interface Account {
  balance: number
  apiAccess: boolean
  lines: Transaction[]
}

/**
 * Billing as the gateway meets it: its HTTP API, and its activities for the workflow, over one memory. Both
 * apps compile against the same answers in `packages/types`; that the two get on is what the acceptance
 * tests prove, which run them together.
 */
export async function startTestBilling(secret: string) {
  const accounts = new Map<string, Account>()
  const requests: string[] = []
  let isDown = false

  const post = (accountId: string, type: 'debit' | 'refund', amount: number, taskId: string) => {
    const account = accounts.get(accountId)
    if (!account) throw new Error('no such account')
    account.balance += amount
    const id = `txn_${account.lines.length + 1}_${taskId}`
    account.lines.unshift({
      id,
      type,
      amount,
      balanceAfter: account.balance,
      taskId: taskId as never,
      relatedId: null,
      reason: type,
      createdAt: new Date().toISOString(),
    })
    return id
  }
  const server = createServer((req, res) => {
    requests.push(req.url ?? '')
    const url = new URL(req.url ?? '/', 'http://billing')
    const answer = (status: number, body: unknown) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (isDown) return answer(500, {})
    if (req.headers.authorization !== `Bearer ${secret}`) return answer(401, {})
    if (url.pathname === '/rates') return answer(200, RATES)
    const [, , id = '', sub] = url.pathname.split('/')
    const account = accounts.get(decodeURIComponent(id))
    if (!account) return answer(404, {})
    const { balance, apiAccess, lines } = account
    const taskId = url.searchParams.get('task_id')
    if (sub)
      return answer(200, {
        items: lines.filter((line) => line.taskId === taskId),
        nextCursor: null,
      } satisfies TransactionList)
    return answer(200, {
      accountId: id as never,
      plan: 'pro_yearly',
      dailyTasks: 500,
      balance,
      apiAccess,
    } satisfies AccountView)
  })
  server.listen(0)
  await once(server, 'listening')

  const activities: BillingActivities = {
    async debit({ accountId, taskId, durationMs, factor, maxCredits }) {
      const creditsPerSecond = CREDITS_PER_SECOND[factor]
      const price = billedSeconds(durationMs) * creditsPerSecond
      const balance = accounts.get(accountId)?.balance ?? 0
      if (maxCredits !== undefined && price > maxCredits)
        return { state: 'too_expensive', price, maxCredits }
      if (price > balance) return { state: 'rejected', required: price, available: balance }
      const debitId = post(accountId, 'debit', -price, taskId)
      return {
        state: 'debited',
        creditsUsed: price,
        creditsRemaining: balance - price,
        creditsPerSecond,
        debitId,
      }
    },
    async refund({ accountId, taskId }) {
      const debit = accounts.get(accountId)?.lines.find((line) => line.taskId === taskId)
      if (debit) post(accountId, 'refund', -debit.amount, taskId)
      return { state: debit ? 'refunded' : 'voided', givenBack: -(debit?.amount ?? 0) }
    },
    settle: async () => ({ state: 'settled', givenBack: 0 }),
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    activities,
    requests,
    open: (accountId: string, balance: number, apiAccess = true) =>
      accounts.set(accountId, { balance, apiAccess, lines: [] }),
    balanceOf: (accountId: string) => accounts.get(accountId)?.balance,
    fail: (down: boolean) => (isDown = down),
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
