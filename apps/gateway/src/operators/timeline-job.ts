import { isUpscaleFactor } from '@upscale/types'
import type { AccountId, FoundTask, RequestId, TaskId } from '@upscale/types'
import type { HistoryEvent } from './timeline-event.ts'
import { isObject, readFirst, readPayload } from './timeline-payload.ts'
import { msOf } from './temporal-time.ts'

/**
 * A task that has no order, as the start of its workflow tells of it: it was refused. Undefined where that
 * cannot be read.
 */
export function foundTaskFrom(taskId: TaskId, start: HistoryEvent): FoundTask | undefined {
  const job = readFirst(start.workflowExecutionStartedEventAttributes?.input)
  if (!isObject(job)) return undefined
  const { accountId, factor } = job
  if (typeof accountId !== 'string' || !isUpscaleFactor(factor)) return undefined
  return {
    taskId,
    accountId: accountId as AccountId,
    requestId: requestIn(readPayload(start.userMetadata?.details)),
    factor,
    status: null,
    stage: null,
    parkedAt: null,
    creditsUsed: null,
    createdAt: new Date(msOf(start.eventTime)).toISOString(),
  }
}

/** The gateway names the request in the details that the Temporal UI shows. */
function requestIn(details: unknown): RequestId {
  const [id = 'req_unknown'] = /\breq_[A-Za-z0-9]+/.exec(String(details)) ?? []
  return id as RequestId
}
