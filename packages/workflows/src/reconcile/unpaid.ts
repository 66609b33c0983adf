import { isTaskId } from '@upscale/types'
import type { Finding, TaskId } from '@upscale/types'
import { books, jobs } from './clocked-activities.ts'
import { pages } from './pass.ts'
import type { Pass } from './pass.ts'

/** Deliveries that nobody paid for: new ones, and those of earlier passes that still stand. */
export async function findUnpaidDeliveries({ input, standing, now, found }: Pass): Promise<void> {
  const toMs = now - input.closedForMs
  const range = { fromMs: toMs - input.windowMs, toMs }
  const earlier = standing.filter(isAboutUnpaid).map(({ subject }) => subject)
  const unpaid = new Set<TaskId>(await books.findUnpaid(earlier.filter(isTaskId)))
  for await (const delivered of pages((page) => jobs.listDelivered({ ...page, ...range })))
    for (const taskId of await books.findUnpaid(delivered)) unpaid.add(taskId)
  for (const taskId of unpaid)
    found({ check: 'delivered_unpaid', subject: taskId, problem: PROBLEM })
}

export const isAboutUnpaid = ({ check }: Finding): boolean => check === 'delivered_unpaid'

const PROBLEM =
  'Delivered, and nothing is settled. Reset its workflow in Temporal, which charges or waives it; or let it be: ops books accept.'
