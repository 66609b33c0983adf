import { beginCell, endCell } from './reset-cell.ts'
import type { Cell } from './reset-cell.ts'
import { KINDS } from './reset-expectation.ts'
import type { Kind } from './reset-expectation.ts'
import { resetPointsOf } from './reset-history.ts'
import type { ResetPoint } from './reset-history.ts'
import { makeJob, releasing } from './reset-jobs.ts'
import { judge } from './reset-judge.ts'
import type { Judgement } from './reset-judge.ts'
import { reconcile } from './reset-others.ts'
import type { Other } from './reset-others.ts'
import { eachOf } from './reset-sharing.ts'
import type { Stage } from './reset-stage.ts'

const AT_ONCE = 4 // the engine does one at a time; the rest is waiting
const PARKED_AT_ONCE = 8 // these never reach the engine

/** Work on one job: what `begin` answers is done on a disk that is well. */
export interface Work {
  name: string
  kind: Kind
  begin: (stage: Stage) => Promise<() => Promise<Outcome>>
}

/** A cell's or another event's judgement, under the name of its work. */
export interface Outcome extends Judgement {
  name: string
  cell?: Cell
  point?: ResetPoint
}

/** Some at once; those of parked jobs together, since the disk that they need is broken for all. */
export async function runWorks(
  stage: Stage,
  works: readonly Work[],
  told: { outcome: (outcome: Outcome) => void; failure: (name: string, error: unknown) => void },
): Promise<void> {
  const attempt = async (name: string, work: () => Promise<void>) => {
    await work().catch((error: unknown) => told.failure(name, error))
  }
  const finish = async (end: () => Promise<Outcome>) => told.outcome(await end())
  const parked = works.filter(({ kind }) => kind === 'parked')
  const others = works.filter(({ kind }) => kind !== 'parked')

  const endings: { name: string; end: () => Promise<Outcome> }[] = []
  const mendDisk = await stage.breakDisk()
  await eachOf(parked, PARKED_AT_ONCE, ({ name, begin }) =>
    attempt(name, async () => void endings.push({ name, end: await begin(stage) })),
  )
  await mendDisk()
  await eachOf(endings, AT_ONCE, ({ name, end }) => attempt(name, () => finish(end)))
  await eachOf(others, AT_ONCE, ({ name, begin }) =>
    attempt(name, async () => finish(await begin(stage))),
  )
}

export function cellWork(cell: Cell): Work {
  const { kind, event, place, rerun, updates } = cell
  const name = `${kind}, ${event} ${place}, ${rerun}, updates ${updates}`
  const begin = async (stage: Stage) => {
    const rerunning = await beginCell(stage, cell)
    return async () => ({ name, ...(await endCell(stage, rerunning)) })
  }
  return { name, kind, begin }
}

export function otherWork({ name: what, kind, act, mended = [], expected }: Other): Work {
  const name = `${kind}: ${what}`
  const begin = async (stage: Stage) => {
    const job = await makeJob(stage, kind)
    for (const step of act) await releasing(job, () => step(stage, job))
    return async () => {
      for (const step of mended) await step(stage, job)
      return { name, ...(await judge(stage, job, expected)), reconciled: act.includes(reconcile) }
    }
  }
  return { name, kind, begin }
}

/** How many events of each sort a run of each kind has that can be reset to. */
export async function countPoints(
  stage: Stage,
): Promise<(kind: Kind, event: ResetPoint['event']) => number> {
  const points = new Map<Kind, ResetPoint[]>()
  const look = async (kind: Kind) => {
    const job = await makeJob(stage, kind)
    const run = stage.operator.temporal.workflow.getHandle(job.taskId)
    points.set(kind, resetPointsOf(await releasing(job, () => run.fetchHistory())))
    if (kind === 'parked') await stage.cli.cancel(job.taskId)
  }
  const mendDisk = await stage.breakDisk()
  try {
    await look('parked')
  } finally {
    await mendDisk()
  }
  for (const kind of KINDS) if (kind !== 'parked') await look(kind)
  return (kind, event) => (points.get(kind) ?? []).filter((point) => point.event === event).length
}
