import type { GatewayDb } from '../src/db/schema/index.ts'
import type { TaskOrder } from '../src/orders/order-store.ts'

type Options = 'maxCredits' | 'quoteId' | 'webhookUrl' | 'webhookEvents'

/** An order as a POST leaves it before its job starts. */
export async function insertOrder(
  db: GatewayDb,
  order: Omit<TaskOrder, Options> & Partial<Pick<TaskOrder, Options>>,
): Promise<void> {
  const metadata = JSON.stringify(order.metadata)
  await db
    .insertInto('gateway.taskOrder')
    .values({ ...order, metadata })
    .execute()
}
