import type { Kind } from './reset-expectation.ts'
import {
  haltOrchestrator,
  isPaused,
  repeatPost,
  rerunTwice,
  resetTo,
  sendUpdate,
  startLikeThis,
  terminateBeforeRecord,
} from './reset-hands.ts'
import type { Expected } from './reset-judge.ts'
import type { ResetPoint } from './reset-history.ts'
import { untilStanding } from './reset-jobs.ts'
import type { Job } from './reset-jobs.ts'
import type { Stage } from './reset-stage.ts'

type Step = (stage: Stage, job: Job) => Promise<unknown>

/** Another thing that happens to a job of a kind, and how it ends. */
export interface Other {
  name: string
  kind: Kind
  /** What happens; the disk of a parked job is broken still. */
  act: readonly Step[]
  /** What happens then, on a disk that is well. */
  mended?: readonly Step[]
  /** More than one where the engine may be done before it hears of it. */
  expected: readonly Expected[]
}

const terminate: Step = ({ cli }, { taskId }) => cli.terminate(taskId)
/** A pass without which the books would not be right yet. */
export const reconcile: Step = (stage) => stage.reconcile()
const cancelRun: Step = ({ cli }, { taskId }) => cli.cancel(taskId)
const closed: Step = (stage, { taskId }) => untilStanding(stage, taskId, 'closed')
const update =
  (name: 'retry' | 'refund' | 'cancel'): Step =>
  (stage, job) =>
    sendUpdate(stage, job, name)
const reset =
  (
    wanted: (points: ResetPoint[]) => ResetPoint | undefined,
    updates: 'sent again' | 'left out',
  ): Step =>
  (stage, job) =>
    resetTo(stage, job, wanted, updates)
const repeated =
  (answer: 'admitted' | 'already started'): Step =>
  (stage, job) =>
    repeatPost(stage, job, answer)
const mend: Step = async ({ clips }, job) => job.become(clips.good)
const activity =
  (verb: 'pause' | 'unpause' | 'reset'): Step =>
  ({ cli }, { taskId }) =>
    cli.activity(verb, taskId, 'upscale-1')

const whenPaused =
  (step: Step): Step =>
  async (stage, job) => {
    if (await isPaused(stage, job)) await step(stage, job)
  }

const first = (points: ResetPoint[]) => points.find(isCompleted)
const isCompleted = ({ event }: ResetPoint) => event === 'WorkflowTaskCompleted'
const lastReset = (points: ResetPoint[]) =>
  points.findLast(({ event }) => event === 'WorkflowTaskFailed')
const timedOut = (points: ResetPoint[]) =>
  points.find(({ event }) => event === 'WorkflowTaskTimedOut')
/** The last one that knows of no operator's decision. */
const whenParked = (points: ResetPoint[]) =>
  points.findLast(
    (point) => isCompleted(point) && !point.updates.has('retry') && !point.updates.has('refund'),
  )

const delivered = (...charges: string[]) => ({ status: 'completed', charges, run: 'COMPLETED' })
const failed = (...charges: string[]) => ({ status: 'failed', charges, run: 'FAILED' })
/** How much it keeps depends on how far the engine came. */
const canceled = { status: 'canceled', run: 'COMPLETED' }
const terminated = { ...failed('refunded'), run: 'TERMINATED' }

/** The rows of temporal.md's event table besides a Reset of its own. */
export const OTHERS: readonly Other[] = [
  ...(['running', 'parked'] as const).flatMap((kind): Other[] => [
    { name: 'Terminate; reconciler', kind, act: [terminate, reconcile], expected: [terminated] },
    {
      name: 'cancel in the Temporal UI',
      kind,
      act: [cancelRun, closed],
      expected: [{ ...failed('refunded'), run: 'CANCELLED' }, delivered('settled')],
    },
    {
      name: "the customer's cancel",
      kind,
      act: [update('cancel'), closed],
      expected: [canceled, delivered('settled')],
    },
  ]),
  {
    name: 'Terminate; reconciler; Reset',
    kind: 'running',
    act: [terminate, reconcile, reset(first, 'sent again'), closed],
    expected: [delivered('refunded', 'settled')],
  },
  {
    name: 'Terminate; Reset before any reconciler',
    kind: 'running',
    act: [terminate, reset(first, 'sent again'), closed],
    expected: [delivered('settled')],
  },
  {
    name: 'Terminate; reconciler; Start Workflow Like This One',
    kind: 'running',
    act: [terminate, reconcile, startLikeThis],
    expected: [{ ...delivered('refunded', 'settled'), run: 'TERMINATED' }],
  },
  {
    name: 'Start Workflow Like This One while it runs',
    kind: 'running',
    act: [startLikeThis, closed],
    expected: [delivered('settled')],
  },
  {
    name: 'Start Workflow Like This One of a delivered job',
    kind: 'completed',
    act: [startLikeThis],
    expected: [delivered('settled')],
  },
  {
    name: 'rerun with the next generation, twice at once',
    kind: 'failed',
    act: [mend, (stage, job) => rerunTwice(stage, job, 2), closed],
    expected: [delivered('refunded', 'settled')],
  },
  {
    name: "the customer's cancel; Reset, updates left out",
    kind: 'running',
    act: [update('cancel'), closed, reset(first, 'left out'), closed],
    expected: [delivered('refunded', 'settled'), delivered('settled')],
  },
  {
    name: "the customer's cancel; Reset, updates sent again",
    kind: 'running',
    act: [update('cancel'), closed, reset(first, 'sent again'), closed],
    expected: [canceled, delivered('settled')],
  },
  {
    name: 'activity Pause, Unpause',
    kind: 'running',
    act: [activity('pause'), whenPaused(activity('unpause')), closed],
    expected: [delivered('settled')],
  },
  {
    name: 'activity Pause, Reset',
    kind: 'running',
    act: [activity('pause'), whenPaused(activity('reset')), closed],
    expected: [delivered('settled')],
  },
  {
    name: 'activity Reset',
    kind: 'running',
    act: [activity('reset'), closed],
    expected: [delivered('settled')],
  },
  {
    name: "activity Pause; the customer's cancel",
    kind: 'running',
    act: [activity('pause'), whenPaused(update('cancel')), closed],
    expected: [{ ...canceled, charges: ['refunded'] }, delivered('settled')],
  },
  {
    name: 'refund; Reset, updates sent again',
    kind: 'parked',
    act: [update('refund'), closed, reset(whenParked, 'sent again'), closed],
    expected: [failed('refunded')],
  },
  {
    name: 'refund; Reset, updates left out; retry',
    kind: 'parked',
    act: [update('refund'), closed, reset(whenParked, 'left out')],
    mended: [update('retry'), closed],
    expected: [delivered('refunded', 'settled')],
  },
  {
    name: 'retry; Reset to the first event, retry sent again',
    kind: 'parked',
    act: [],
    mended: [update('retry'), closed, reset(first, 'sent again'), closed],
    expected: [delivered('settled')],
  },
  {
    name: 'retry; Reset to when it was parked, retry sent again',
    kind: 'parked',
    act: [],
    mended: [update('retry'), closed, reset(whenParked, 'sent again'), closed],
    expected: [delivered('settled')],
  },
  {
    name: 'Reset of a Reset, to its WorkflowTaskFailed event',
    kind: 'failed',
    act: [mend, reset(first, 'sent again'), closed, reset(lastReset, 'sent again'), closed],
    expected: [delivered('refunded', 'settled')],
  },
  {
    name: "the POST's call again",
    kind: 'completed',
    act: [repeated('admitted')],
    expected: [delivered('settled')],
  },
  {
    name: "the POST's call again",
    kind: 'failed',
    act: [repeated('admitted')],
    expected: [failed('refunded')],
  },
  {
    name: "the POST's call again",
    kind: 'running',
    act: [repeated('admitted'), closed],
    expected: [delivered('settled')],
  },
  {
    name: "Reset, updates left out; the POST's call again",
    kind: 'completed',
    act: [reset(first, 'left out'), closed, repeated('already started')],
    expected: [delivered('settled')],
  },
]

/** Those that stop a process which every job needs: one at a time, after all others. */
export const ALONE: readonly Other[] = [
  {
    name: 'Terminate between settle and recordTask; reconciler',
    kind: 'running',
    act: [terminateBeforeRecord, reconcile],
    expected: [{ ...failed('reversed'), run: 'TERMINATED' }],
  },
  {
    name: 'Terminate between settle and recordTask; Reset',
    kind: 'running',
    act: [terminateBeforeRecord, reset(first, 'sent again'), closed],
    expected: [delivered('settled')],
  },
  {
    name: 'orchestrator halted; Reset to the WorkflowTaskTimedOut event',
    kind: 'running',
    act: [haltOrchestrator, closed, reset(timedOut, 'sent again'), closed],
    expected: [delivered('settled')],
  },
]
