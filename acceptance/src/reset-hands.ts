import { randomUUID } from 'node:crypto'
import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client'
import type { Workflow } from '@temporalio/client'
import { until } from './patiently.ts'
import { resetPointsOf } from './reset-history.ts'
import type { ResetPoint } from './reset-history.ts'
import type { Job } from './reset-jobs.ts'
import { untilStanding } from './reset-jobs.ts'
import type { Stage } from './reset-stage.ts'

// What people do to a job by hand, from the Temporal UI or CLI.

const runOf = ({ operator }: Stage, { taskId }: Job) => operator.temporal.workflow.getHandle(taskId)

/** `wanted` finds the event among those of the newest run. Waits for the new run to be closed or parked. */
export async function resetTo(
  stage: Stage,
  job: Job,
  wanted: (points: ResetPoint[]) => ResetPoint | undefined,
  updates: 'sent again' | 'left out',
): Promise<void> {
  const run = runOf(stage, job)
  const point = wanted(resetPointsOf(await run.fetchHistory()))
  if (!point) throw new Error(`${job.taskId} has no such event`)
  const { runId } = await run.describe()
  await stage.cli.reset(job.taskId, point.eventId, updates)
  await untilStanding(stage, job.taskId, undefined, runId)
}

/** As the UI sends it, without data. */
export const sendUpdate = (stage: Stage, job: Job, name: 'retry' | 'refund' | 'cancel') =>
  runOf(stage, job).executeUpdate<unknown, []>(name)

/** "Start Workflow Like This One": another workflow id, the same task. */
export async function startLikeThis(stage: Stage, job: Job): Promise<void> {
  const run = await stage.operator.temporal.workflow.start('upscaleVideo', {
    workflowId: `like-${randomUUID()}`,
    taskQueue: 'orchestrator',
    args: [await inputOf(stage, job)],
  })
  await job.release()
  await run.result().catch(() => undefined) // the books say how it ended
}

/** Two operators run a finished job again in the same moment. Throws unless one of them starts it. */
export async function rerunTwice(stage: Stage, job: Job, generation: number): Promise<void> {
  const input = { ...(await inputOf(stage, job)), generation }
  const start = () =>
    stage.operator.temporal.workflow.start('upscaleVideo', {
      workflowId: job.taskId,
      taskQueue: 'orchestrator',
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    })
  const started = await Promise.allSettled([start(), start()])
  const count = started.filter(({ status }) => status === 'fulfilled').length
  if (count !== 1) throw new Error(`${count} of two reruns of ${job.taskId} were started`)
}

/** The POST's call again, as the gateway sends it. Throws where it starts another run. */
export async function repeatPost(
  stage: Stage,
  job: Job,
  answer: 'admitted' | 'already started',
): Promise<void> {
  const { workflow } = stage.operator.temporal
  const before = await runOf(stage, job).describe()
  const start = new WithStartWorkflowOperation<Workflow>('upscaleVideo', {
    workflowId: job.taskId,
    taskQueue: 'orchestrator',
    args: [await inputOf(stage, job)],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
  })
  const options = { startWorkflowOperation: start, updateId: 'admit' }
  const heard = await workflow
    .executeUpdateWithStart<Workflow, { admitted: boolean }, []>('admit', options)
    .then(
      ({ admitted }) => (admitted ? 'admitted' : 'refused'),
      (error: unknown) => {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already started'
        throw error
      },
    )
  const after = await runOf(stage, job).describe()
  if (heard !== answer || after.runId !== before.runId)
    throw new Error(`A repeated POST of ${job.taskId} heard "${heard}", run ${after.runId}`)
}

const PAUSED = 4 // PENDING_ACTIVITY_STATE_PAUSED: and no worker is at it any more

/** Waits until the engine of a paused upscale has stopped; false: it was done before it heard of it. */
export async function isPaused(stage: Stage, job: Job): Promise<boolean> {
  const state = await until(`${job.taskId} is paused`, async () => {
    const { raw, status } = await runOf(stage, job).describe()
    const upscale = raw.pendingActivities?.find(({ activityId }) => activityId === 'upscale-1')
    if (Number(upscale?.state) === PAUSED) return 'paused'
    return status.name !== 'RUNNING' && 'closed'
  })
  return state === 'paused'
}

/** Terminated when its charge is settled and nothing of it is recorded yet: that process is dead by then. */
export async function terminateBeforeRecord(stage: Stage, job: Job): Promise<void> {
  await stage.operator.kill('gateway-worker', 'SIGSTOP')
  await job.release()
  await until(`${job.taskId} is settled`, async () =>
    (await stage.operator.chargesOf(job.taskId)).includes('settled'),
  )
  await stage.cli.terminate(job.taskId)
  await stage.operator.kill('gateway-worker') // with the call that it may have in hand
}

/** Halts the orchestrator until Temporal has waited in vain for a workflow task of this job. */
export async function haltOrchestrator(stage: Stage, job: Job): Promise<void> {
  await stage.operator.kill('orchestrator', 'SIGSTOP')
  await job.release()
  const timedOut = async () => {
    const points = resetPointsOf(await runOf(stage, job).fetchHistory())
    return points.some(({ event }) => event === 'WorkflowTaskTimedOut')
  }
  try {
    await until('a workflow task has timed out', timedOut)
  } finally {
    await stage.operator.kill('orchestrator', 'SIGCONT')
  }
}

async function inputOf(stage: Stage, job: Job): Promise<Record<string, unknown>> {
  const { events } = await runOf(stage, job).fetchHistory()
  const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]
  return JSON.parse(String(input?.data)) as Record<string, unknown>
}
