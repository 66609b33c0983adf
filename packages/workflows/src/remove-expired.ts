import { ActivityFailure, ApplicationFailure } from '@temporalio/common'
import { proxyActivities, setCurrentDetails } from '@temporalio/workflow'
import type { InternalFailure } from '@upscale/types'
import { QUEUES } from './queues.ts'
import { EXPIRING_PARTS } from './remove-expired-activities.ts'
import type {
  ExpiringPart,
  RemovedPart,
  RetentionActivities,
  RetentionReport,
} from './remove-expired-activities.ts'
import { RETENTION } from './timeouts.ts'

const gateway = proxyActivities<RetentionActivities>({
  taskQueue: QUEUES.gateway,
  startToCloseTimeout: RETENTION.startToClose,
  heartbeatTimeout: RETENTION.heartbeat,
  retry: { maximumAttempts: RETENTION.attempts },
})

/** One pass over all that is kept for a time only. A part that fails stops none of the others. */
export async function removeExpired(): Promise<RetentionReport> {
  const report: RetentionReport = {}
  const failures: string[] = []
  for (const part of EXPIRING_PARTS) {
    try {
      const done = await gateway.removeExpiredPart.executeWithOptions({ summary: part }, [part])
      report[part] = done
      if (done.kept > 0) failures.push(`${part}: the store kept ${done.kept}`)
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error
      failures.push(`${part}: ${error.cause?.message ?? error.message}`)
    }
  }
  setCurrentDetails(reportText(report, failures))
  if (failures.length > 0) throw incomplete(failures)
  return report
}

/** Markdown for the page of the pass in the Temporal UI. */
function reportText(report: RetentionReport, failures: readonly string[]): string {
  const parts = Object.entries(report) as [ExpiringPart, RemovedPart][]
  const lines = parts
    .filter(([, { removed, isDone }]) => removed > 0 || !isDone)
    .map(
      ([part, { removed, isDone }]) =>
        `- ${part}: ${removed}${isDone ? '' : ', and there is more'}`,
    )
  const title = lines.length > 0 ? '**Removed what was over:**' : '**Nothing was over.**'
  return [title, ...lines, ...failures.map((text) => `- **failed** ${text}`)].join('\n')
}

const INCOMPLETE: InternalFailure = 'INCOMPLETE_PASS'

/** Shows the pass as failed; the next one begins anew. */
const incomplete = (failures: readonly string[]): ApplicationFailure =>
  ApplicationFailure.create({
    type: INCOMPLETE,
    message: `Not everything that is over could be removed: ${failures.join('; ')}`,
    nonRetryable: true,
  })
