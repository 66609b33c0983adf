import type { Books } from './reset-books.ts'
import { expectedEnding } from './reset-expectation.ts'
import type { Kind, Rerun } from './reset-expectation.ts'
import { resetPointsOf } from './reset-history.ts'
import type { ResetPoint } from './reset-history.ts'
import { judge } from './reset-judge.ts'
import type { Judgement } from './reset-judge.ts'
import { PRICE, decide, makeJob, releasing, untilStanding } from './reset-jobs.ts'
import type { Job, Standing } from './reset-jobs.ts'
import type { Stage } from './reset-stage.ts'

/** One cell of the matrix: a job of a kind of its own, reset to one of its events. */
export interface Cell {
  kind: Kind
  event: ResetPoint['event']
  /** Which of these events of its run. */
  place: number | 'first' | 'middle' | 'last'
  rerun: Rerun
  updates: 'sent again' | 'left out'
}

export interface CellResult extends Judgement {
  cell: Cell
  point: ResetPoint
}

/** A job that was reset, and how far it has come since. */
export interface Rerunning {
  cell: Cell
  job: Job
  point: ResetPoint
  delivered: Books | undefined
  standing: Standing
}

/** Makes the job, resets it, and waits until the new run is closed, or parked on the broken disk. */
export async function beginCell(stage: Stage, cell: Cell): Promise<Rerunning> {
  const { kind, rerun, updates } = cell
  const isPoor = rerun === 'cannot pay'
  const job = await makeJob(stage, kind, isPoor ? await stage.openPayer(PRICE) : stage.rich)
  const run = stage.operator.temporal.workflow.getHandle(job.taskId)
  return await releasing(job, async () => {
    const point = pointOf(resetPointsOf(await run.fetchHistory()), cell)
    if (isPoor) await spendRefund(stage, kind, job)
    const { read } = stage.books
    const delivered = kind === 'completed' ? await read(job.payer.us, job.taskId) : undefined
    job.become(sourceOf(rerun, stage.clips))
    const { runId } = await run.describe()
    await stage.cli.reset(job.taskId, point.eventId, updates)
    await job.release()
    const standing = await untilStanding(stage, job.taskId, undefined, runId)
    return { cell, job, point, delivered, standing }
  })
}

/** Has a parked run decided, and judges the books once it is closed. */
export async function endCell(stage: Stage, begun: Rerunning): Promise<CellResult> {
  const { cell, job, point, delivered, standing } = begun
  const { taskId } = job
  if (standing.state === 'parked') {
    await decide(stage, taskId, cell.rerun === 'refund' ? 'refund' : 'retry')
    await untilStanding(stage, taskId, 'closed')
  }
  const { reconciled, ...ending } = expectedEnding(cell.kind, point, cell.rerun)
  if (reconciled) await stage.reconcile()
  const judged = await judge(stage, job, [ending], delivered)
  return { cell, point, ...judged, reconciled: reconciled ?? false }
}

function pointOf(points: readonly ResetPoint[], { event, place }: Cell): ResetPoint {
  const named = points.filter((point) => point.event === event)
  const last = named.length - 1
  const at = { first: 0, middle: Math.floor(named.length / 2), last }
  const point = named[typeof place === 'number' ? Math.min(place, last) : at[place]]
  if (!point) throw new Error(`No ${event} in this history`)
  return point
}

function sourceOf(rerun: Rerun, { good, broken }: Stage['clips']): string | null {
  if (rerun === 'no source') return null
  return rerun === 'fails' ? broken : good
}

/** The job's credits come back and go to something else; one that is under way is terminated for it. */
async function spendRefund(stage: Stage, kind: Kind, job: Job): Promise<void> {
  if (kind === 'completed') return // it has paid its last credits already
  if (kind !== 'failed') {
    await stage.cli.terminate(job.taskId)
    await job.release()
    await stage.reconcile()
  }
  await stage.books.spend(job.payer.accountId, PRICE)
}
