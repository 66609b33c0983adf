import type { WorkflowExecutionInfo } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { AppError } from '@upscale/types'
import type { TaskId } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { fewAtOnce } from '../few-at-once.ts'
import { askTemporal } from './ask-temporal.ts'
import { isGone } from './is-gone.ts'
import type { HistoryEvent } from './timeline-event.ts'
import type { RunHistory } from './timeline-history.ts'
import type { Pending } from './timeline-pending.ts'
import { resetIn } from './timeline-workflow.ts'
import { msOf } from './temporal-time.ts'

/** How the newest run of a job stands, in Temporal's own words. */
export type RunStatus = WorkflowExecutionInfo['status']['name']

/** All that Temporal keeps of a job. */
export interface JobRuns {
  status: RunStatus
  pending: Pending
  /** Oldest first. */
  runs: RunHistory[]
  /** Runs that are listed, but whose history is gone, too slow or left out. */
  missing: { runId: string; startedAt: Date }[]
}

const MAX_RUNS = 20 // the newest ones; nobody resets a job more often
const MAX_AT_ONCE = 4
const CALL_MS = 4_000 // the other parts are shown without it
const ALL_MS = 8_000 // for everything together: nobody waits longer for a timeline
const LEAST_MS = 500 // even the last call has a chance

type Temporal = Pick<GatewayContext, 'temporal'> & { endsAt?: number }
type Listed = Pick<WorkflowExecutionInfo, 'runId' | 'startTime'>

/**
 * The runs of a job. Undefined: Temporal knows none. Visibility is a moment late, so the newest run is asked
 * for by itself, and one that was reset just now is found by the run that goes on.
 */
export async function readRuns(
  { temporal }: Temporal,
  taskId: TaskId,
): Promise<JobRuns | undefined> {
  const ctx = { temporal, endsAt: Date.now() + ALL_MS }
  const listed = await listRuns(ctx, taskId)
  const read = new Map<string, RunHistory>()
  await readHistories(ctx, taskId, listed.slice(0, MAX_RUNS), read)
  // Last, so that no history tells of an end that the status does not know.
  const newest = await describeJob(ctx, taskId)
  if (newest && !listed.some(({ runId }) => runId === newest.runId)) {
    listed.unshift(newest)
    await readHistories(ctx, taskId, [newest], read)
  }
  if (listed.length === 0) return undefined
  const runs = [...read.values()].filter((run) => run.events.length > 0)
  const missing = listed.filter(({ runId }) => !read.get(runId)?.events.length)
  return {
    status: newest?.status.name ?? 'UNKNOWN',
    pending: pendingOf(newest),
    runs: runs.sort((a, b) => beganMs(a) - beganMs(b)),
    missing: missing.map(({ runId, startTime }) => ({ runId, startedAt: startTime })),
  }
}

/** The event in which the newest run of a job began; undefined: there is no run. */
export async function readStart(ctx: Temporal, taskId: TaskId): Promise<HistoryEvent | undefined> {
  const { client } = ctx.temporal
  const answer = await orUndefined(
    askSoon(ctx, () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId: taskId },
        maximumPageSize: 1,
      }),
    ),
  )
  return answer?.history?.events?.[0]
}

const describeJob = (ctx: Temporal, taskId: TaskId) =>
  orUndefined(askSoon(ctx, () => ctx.temporal.client.workflow.getHandle(taskId).describe()))

/** Newest first. */
async function listRuns(ctx: Temporal, taskId: TaskId): Promise<Listed[]> {
  const query = `WorkflowId = "${taskId}"`
  return await askSoon(ctx, async () => {
    const runs: Listed[] = []
    for await (const run of ctx.temporal.client.workflow.list({ query })) runs.push(run)
    return runs
  })
}

/** Adds the histories of the runs, and of those that a Reset made them of: no more than are shown. */
async function readHistories(
  ctx: Temporal,
  taskId: TaskId,
  listed: readonly Listed[],
  read: Map<string, RunHistory>,
): Promise<void> {
  let wanted = listed.map(({ runId }) => runId)
  while (wanted.length > 0) {
    const histories = await fewAtOnce(wanted, MAX_AT_ONCE, (runId) => readRun(ctx, taskId, runId))
    for (const history of histories) read.set(history.runId, history)
    const bases = histories.flatMap(({ events }) => events.flatMap(baseRunIn))
    const fresh = [...new Set(bases)].filter((runId) => !read.has(runId))
    wanted = fresh.slice(0, Math.max(0, MAX_RUNS - read.size))
  }
}

/** No events: its history is not kept any more, or does not come in time. */
async function readRun(ctx: Temporal, taskId: TaskId, runId: string): Promise<RunHistory> {
  const handle = ctx.temporal.client.workflow.getHandle(taskId, runId)
  const asked = askSoon(ctx, () => handle.fetchHistory()).catch(orNoAnswer)
  const history = await orUndefined(asked)
  return { runId, events: history?.events ?? [] }
}

const baseRunIn = (event: HistoryEvent): string[] => {
  const base = resetIn(event)?.baseRunId
  return base ? [base] : []
}

/** When the run did something of its own: what a Reset copied is older. */
const beganMs = ({ runId, events }: RunHistory): number =>
  msOf((events.findLast((event) => resetIn(event)?.newRunId === runId) ?? events[0])?.eventTime)

/** What a terminated run has left pending is never done. */
function pendingOf(newest: Awaited<ReturnType<typeof describeJob>>): Pending {
  const { pendingActivities, pendingWorkflowTask } = newest?.closeTime ? {} : (newest?.raw ?? {})
  return { activities: pendingActivities ?? [], workflowTask: pendingWorkflowTask ?? null }
}

function askSoon<Answer>(ctx: Temporal, call: () => Promise<Answer>): Promise<Answer> {
  const leftMs = ctx.endsAt === undefined ? CALL_MS : ctx.endsAt - Date.now()
  return askTemporal(ctx, call, Math.max(LEAST_MS, Math.min(CALL_MS, leftMs)))
}

function orNoAnswer(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE') return undefined
  throw error
}

async function orUndefined<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isGone(error) || error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}
