import type { WorkflowService } from '@temporalio/client'
import type { DoctorCheck } from '@upscale/types'
import { QUEUES } from '@upscale/workflows/activities'
import type { GatewayContext } from '../context.ts'
import { healthy, ill } from './doctor-check.ts'
import type { Check } from './doctor-check.ts'
import { msOf } from './temporal-time.ts'

type Queue = (typeof QUEUES)[keyof typeof QUEUES]

/** Who should poll each queue. */
const WORKERS: Record<Queue, string> = {
  [QUEUES.orchestrator]: 'orchestrator',
  [QUEUES.billing]: 'billing',
  [QUEUES.mediaProbe]: 'media-probe',
  [QUEUES.upscale]: 'upscale-worker',
  [QUEUES.upscaleMagic]: 'upscale-worker',
  [QUEUES.gateway]: 'gateway-worker',
}
type Request = Parameters<WorkflowService['describeTaskQueue']>[0]
type QueueType = NonNullable<Request['taskQueueType']>
// temporal.api.enums.v1.TaskQueueType, whose package is none of ours: by number
const WORKFLOWS = 1 as unknown as QueueType
const ACTIVITIES = 2 as unknown as QueueType
const MAX_WAIT_MS = 60_000 // all but an upscale takes a moment, and so does its turn
const POLL_MS = 90_000 // one poll lasts a minute; the server remembers it for five

/** What the server says of a queue. */
interface QueueFacts {
  pollers: { identity: string; lastSeenMs: number }[]
  /** Tasks that nobody has taken yet, approximately. */
  waiting: number
  oldestMs: number
}

/** For each queue whether somebody takes its work. */
export const queueChecks = (ctx: GatewayContext): Check[] =>
  Object.values(QUEUES).map((queue) => ({
    part: `queue ${queue}`,
    fix: 'Mend Temporal first',
    look: async () => [queueCheck(queue, await readQueue(ctx, queue), ctx.now())],
  }))

/** Pure: the rule for one queue. */
export function queueCheck(
  queue: Queue,
  { pollers, waiting, oldestMs }: QueueFacts,
  now: Date,
): DoctorCheck {
  const part = `queue ${queue}`
  const alive = pollers.filter(({ lastSeenMs }) => now.getTime() - lastSeenMs < POLL_MS)
  const workers = new Set(alive.map(({ identity }) => identity)).size
  const oldest = `the oldest for ${Math.round(oldestMs / 1_000)} s`
  const backlog = waiting > 0 ? `, ${waiting} waiting, ${oldest}` : ''
  if (workers === 0) {
    const worker = WORKERS[queue]
    return ill(part, `nobody polls it: no ${worker} runs${backlog}`, `Start ${worker}`)
  }
  const polled = `${workers === 1 ? '1 worker polls' : `${workers} workers poll`} it${backlog}`
  const isStuck = waiting > 0 && oldestMs > MAX_WAIT_MS && queue !== QUEUES.upscale
  if (!isStuck) return healthy(part, polled)
  return ill(part, `${polled}: hung or just killed`, `Restart ${WORKERS[queue]}`)
}

async function readQueue({ temporal, config }: GatewayContext, queue: Queue): Promise<QueueFacts> {
  const { pollers, stats } = await temporal.client.workflowService.describeTaskQueue({
    namespace: config.temporal.namespace,
    taskQueue: { name: queue },
    taskQueueType: queue === QUEUES.orchestrator ? WORKFLOWS : ACTIVITIES,
    reportStats: true,
  })
  return {
    pollers: (pollers ?? []).map(({ identity, lastAccessTime }) => ({
      identity: identity ?? '',
      lastSeenMs: msOf(lastAccessTime),
    })),
    waiting: Number(stats?.approximateBacklogCount ?? 0),
    oldestMs: msOf(stats?.approximateBacklogAge),
  }
}
