import {
  allHandlersFinished,
  condition,
  proxyActivities,
  setCurrentDetails,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import type { Outcome, Price, TaskChange, TaskError, UpscaleJob } from '@upscale/types'
import type { GatewayActivities } from './activities.ts'
import { endedDetails, parkedDetails, runningDetails } from './current-details.ts'
import { QUEUES } from './queues.ts'
import { ERROR_CODE, STAGE } from './search-attributes.ts'
import { shielded } from './shielded.ts'
import { UNTIL_DONE } from './timeouts.ts'

const gateway = proxyActivities<GatewayActivities>({
  taskQueue: QUEUES.gateway,
  startToCloseTimeout: UNTIL_DONE.startToClose,
  retry: { initialInterval: UNTIL_DONE.firstRetry, maximumInterval: UNTIL_DONE.longestRetry },
})

export type TaskRecord = ReturnType<typeof openTaskRecord>

/** Tells the read model and the operators what happens; each change is written in its order. */
export function openTaskRecord(job: UpscaleJob) {
  const { taskId, accountId } = job
  let written: Promise<unknown> = Promise.resolve()
  let attemptsBefore = 0

  const record = (change: TaskChange): void => {
    const input = { taskId, accountId, at: Date.now(), ...change }
    const summary = change.parkedAt ? 'needs_attention' : change.status
    const write = () => gateway.recordTask.executeWithOptions({ summary }, [input])
    written = written.then(() => shielded(write))
  }
  const show = (stage: string, details: string, error?: TaskError): void => {
    setCurrentDetails(details)
    upsertSearchAttributes([
      { key: STAGE, value: stage },
      { key: ERROR_CODE, value: error?.code ?? null },
    ])
  }
  /** Ends without a new row: the job was refused, or an earlier run delivered it. */
  const leave = async (outcome: Outcome): Promise<Outcome> => {
    show('done', endedDetails(outcome), outcome.error)
    await written
    await condition(allHandlersFinished)
    return outcome
  }

  return {
    leave,
    /** Upscale attempts of the rounds that are over. */
    attemptsBefore: () => attemptsBefore,
    run(change: TaskChange, round: number): void {
      attemptsBefore = (round - 1) * job.upscale.attempts // a round parks only when all are used
      // The gateway starts a job with this stage: an upsert here would cost every POST a tenth more.
      if (round > 1) show('upscaling', runningDetails(job, round))
      else setCurrentDetails(runningDetails(job, round))
      record(change)
    },
    park(
      error: TaskError,
      price: Price,
      reached: Pick<TaskChange, 'attempts' | 'stage' | 'progress' | 'startedAt'>,
    ): void {
      const at = Date.now()
      show('needs_attention', parkedDetails(job, error, price, at), error)
      record({ status: 'processing', parkedAt: at, error, ...reached })
    },
    async end(change: TaskChange, outcome: Outcome): Promise<Outcome> {
      record(change)
      return await leave(outcome)
    },
  }
}
