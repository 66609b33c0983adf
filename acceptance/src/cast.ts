import { startCustomerHost } from './customer-host.ts'
import { customer } from './customer.ts'
import { openOperator } from './operator.ts'
import { sharedStack } from './shared-stack.ts'

export type Cast = Awaited<ReturnType<typeof openCast>>

/** Who takes part in a test file: a customer with credits, the host of its videos, an operator. */
export async function openCast(account: { name: string; plan: string; credits: number }) {
  const stack = sharedStack()
  const host = await startCustomerHost(stack.customerPort)
  const operator = await openOperator(stack)
  const { key } = await operator.openAccount(account.name, account.plan, account.credits)
  return {
    stack,
    host,
    operator,
    us: customer(stack.api, key),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await operator[Symbol.asyncDispose]()
    },
  }
}
