import { proxyActivities } from '@temporalio/workflow'
import type { BillingActivities, GatewayActivities } from '../activities.ts'
import { QUEUES } from '../queues.ts'
import { RECONCILE } from '../timeouts.ts'
import type { BooksActivities, JobsActivities } from './activities.ts'

type Clocks = (typeof RECONCILE)[keyof typeof RECONCILE]
const within = (taskQueue: string, { startToClose, scheduleToClose }: Clocks) => ({
  taskQueue,
  startToCloseTimeout: startToClose,
  scheduleToCloseTimeout: scheduleToClose,
})

export const books = proxyActivities<Omit<BooksActivities, 'auditBooks' | 'reverse'>>(
  within(QUEUES.billing, RECONCILE.look),
)
export const wholeBooks = proxyActivities<Pick<BooksActivities, 'auditBooks'>>(
  within(QUEUES.billing, RECONCILE.audit),
)
export const jobs = proxyActivities<JobsActivities>(within(QUEUES.gateway, RECONCILE.look))

/** What a repair does: on shorter clocks, since one that is stuck holds up others. */
export const giveBack = proxyActivities<
  Pick<BooksActivities, 'reverse'> & Pick<BillingActivities, 'refund'>
>(within(QUEUES.billing, RECONCILE.repair))
export const rows = proxyActivities<JobsActivities & GatewayActivities>(
  within(QUEUES.gateway, RECONCILE.repair),
)
