import type { CheckResponse } from '@upscale/testing'
import { checkedFetch, openChecker } from './checked-fetch.ts'
import { startCustomerHost } from './customer-host.ts'
import { customer } from './customer.ts'
import type { Customer } from './customer.ts'
import { openOperator } from './operator.ts'
import { sharedStack } from './shared-stack.ts'

export type Cast = Awaited<ReturnType<typeof openCast>>

/**
 * Who takes part in a test file: a customer with credits, the host of its videos, an operator. Each answer
 * that a customer gets is held against the document of the stack itself. `limitsUnknown`: the database is
 * killed, and answers are known to come before its counts can be read again.
 */
export async function openCast(account: {
  name: string
  plan: string
  credits: number
  limitsUnknown?: boolean
}) {
  const stack = sharedStack()
  const checkAll = await openChecker(stack.api)
  const { limitsUnknown } = account
  const check: CheckResponse = limitsUnknown
    ? (seen) => checkAll({ ...seen, limitsUnknown })
    : checkAll
  const host = await startCustomerHost(stack.customerPort)
  const operator = await openOperator(stack)
  const withKey = (key: string | null, origin = stack.api): Customer => customer(origin, key, check)
  const { key } = await operator.openAccount(account.name, account.plan, account.credits)
  return {
    stack,
    host,
    operator,
    key,
    check,
    /** Of any URL of ours, without a key. */
    fetch: (url: string, init?: RequestInit) => checkedFetch(check, url, init),
    us: withKey(key),
    /** The customer of another key, or one that speaks to one of the gateways alone. */
    withKey,
    /** Another customer with a key and as many credits as wanted. */
    open: async (name: string, plan = 'pro_monthly', credits = 1_000): Promise<Customer> =>
      withKey((await operator.openAccount(name, plan, credits)).key),
    /** A customer with a test key alone. */
    openTest: async (name: string): Promise<Customer> => withKey(await operator.openTestKey(name)),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await operator[Symbol.asyncDispose]()
    },
  }
}
