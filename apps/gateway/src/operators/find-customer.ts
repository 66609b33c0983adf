import { AppError, PLAN_IDS, accountIdOf, isCustomerId } from '@upscale/types'
import type { AccountView } from '@upscale/types'
import type { GatewayContext } from '../context.ts'

type Billing = Pick<GatewayContext, 'billing'>

/** A customer is opened once, and its plan is changed by a command of its own; what is so already. */
export async function requireSamePlan(
  ctx: Billing,
  asked: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const { customerId, plan } = asked
  const account = await findCustomer(ctx, customerId)
  if (!account || !PLAN_IDS.some((known) => known === plan)) return undefined // billing says it
  if (account.plan === plan) return 'exists already'
  throw new AppError(
    'ACTION_REFUSED',
    `Customer ${String(customerId)} exists already, on plan ${account.plan}: ` +
      `ops accounts plan ${String(customerId)} ${String(plan)} changes it`,
    { key: 'customer_exists', param: 'plan' },
  )
}

/** The live account of a customer: it has its plan; undefined: nobody opened it. */
export async function findCustomer(
  { billing }: Billing,
  customerId: unknown,
): Promise<AccountView | undefined> {
  if (typeof customerId !== 'string' || !isCustomerId(customerId)) return undefined
  return await billing.readAccount(accountIdOf(customerId, true))
}

export const customerNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'There is no such customer: ops accounts open makes it', {
    key: 'customer_not_found',
    param: 'customerId',
  })
