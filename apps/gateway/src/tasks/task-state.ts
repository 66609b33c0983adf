import { TASK_STAGES } from '@upscale/types'
import type {
  MediaFacts,
  OutputFacts,
  Price,
  TaskChange,
  TaskError,
  TaskStage,
  TaskStatus,
  UpscaleOutput,
} from '@upscale/types'

export type AttemptTimings = UpscaleOutput['timings']

/** A ledger line of the task. */
export interface TaskTransaction {
  id: string
  type: 'debit' | 'refund' | 'grant' | 'adjustment'
  amount: number
}

/** What the read model knows of a job besides its order. */
export interface TaskState {
  status: TaskStatus
  stage: TaskStage
  /** Workflow time of the last recorded change. */
  changedAt: Date
  parkedAt: Date | null
  progress: number
  etaSeconds: number | null
  attempts: number
  /** Those of the rounds that are over: an operator's retry begins another. */
  attemptsBefore: number
  media: MediaFacts | null
  creditsUsed: number | null
  creditsPerSecond: number | null
  /** Balance right after the debit of its creation. */
  creditsRemaining: number | null
  outputKey: string | null
  output: OutputFacts | null
  timings: AttemptTimings | null
  error: TaskError | null
  startedAt: Date | null
  completedAt: Date | null
  expiresAt: Date | null
}

type DatedChange = TaskChange & { at: number }

// Which of two changes of one moment comes later.
const RANK = { pending: 0, processing: 1, failed: 2, canceled: 3, completed: 4 } as const

/**
 * The later change wins, so a late or repeated one takes nobody backwards; what was delivered or canceled
 * yields only to a delivery.
 */
export function mayReplace(row: TaskState, change: DatedChange): boolean {
  const isFinal = row.status === 'completed' || row.status === 'canceled'
  if (isFinal && change.status !== 'completed') return false
  const later = change.at - row.changedAt.getTime()
  return later > 0 || (later === 0 && RANK[change.status] >= RANK[row.status])
}

export const hasEnded = (status: TaskStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'canceled'

/** The row after a change that may replace it. */
export function stateAfter(
  row: TaskState | undefined,
  change: DatedChange,
  resultKeptMs: number,
): TaskState {
  const at = new Date(change.at)
  const status = row && change.status === 'pending' ? resumedStatus(row.status) : change.status
  const isOver = hasEnded(status)
  return {
    status,
    stage: stageAfter(row, change, status),
    changedAt: at,
    parkedAt: isOver ? null : parkedAfter(row, change),
    progress: progressAfter(row, change, status),
    etaSeconds: null, // the next look at the heartbeats knows better
    attempts: Math.max(row?.attempts ?? 0, change.attempts ?? 0),
    attemptsBefore: attemptsBeforeIn(row, change),
    media: countedMedia(change.media ?? row?.media ?? null, change.output),
    creditsUsed: row?.creditsUsed ?? change.price?.creditsUsed ?? null, // as at creation
    creditsPerSecond: row?.creditsPerSecond ?? change.price?.creditsPerSecond ?? null,
    creditsRemaining: row?.creditsRemaining ?? change.price?.creditsRemaining ?? null,
    ...outputAfter(row, change, resultKeptMs),
    error: status === 'failed' || status === 'canceled' ? (change.error ?? UNKNOWN_FAILURE) : null,
    startedAt: startedAfter(row, change),
    completedAt: isOver ? at : null,
  }
}

/** It never falls. */
const progressAfter = (
  row: TaskState | undefined,
  change: DatedChange,
  status: TaskStatus,
): number =>
  status === 'completed'
    ? 1
    : Math.min(Math.max(row?.progress ?? 0, change.progress ?? 0), HIGHEST_UNFINISHED)

/** Ledger lines with the debit that a price stands for; oldest first. */
export function linesWith(lines: readonly TaskTransaction[], price: Price): TaskTransaction[] {
  const { debitId, creditsUsed } = price
  if (debitId === null || lines.some(({ id }) => id === debitId)) return [...lines]
  return [...lines, { id: debitId, type: 'debit', amount: -creditsUsed }]
}

const HIGHEST_UNFINISHED = 0.99

const UNKNOWN_FAILURE: TaskError = {
  code: 'GENERATION_FAILED',
  key: 'generic',
  message: 'The upscale failed',
}

/** A task that was seen past `pending` never waits again: a reset or rerun job shows as processing. */
const resumedStatus = (status: TaskStatus): TaskStatus =>
  status === 'pending' ? 'pending' : 'processing'

function stageAfter(
  row: TaskState | undefined,
  change: DatedChange,
  status: TaskStatus,
): TaskStage {
  const told = change.stage ?? row?.stage ?? 'queued'
  const hasStarted = status === 'processing' || Boolean(change.attempts)
  const stage = told === 'queued' && hasStarted ? 'fetching' : told
  return row && hasEnded(status) ? laterStage(row.stage, stage) : stage
}

/** How far a task came does not shrink because its last attempt ended early. */
const laterStage = (a: TaskStage, b: TaskStage): TaskStage =>
  TASK_STAGES.indexOf(a) > TASK_STAGES.indexOf(b) ? a : b

/** The first attempt's beginning, whoever tells it first. */
function startedAfter(row: TaskState | undefined, change: DatedChange): Date | null {
  const startedAt = change.output?.startedAt ?? change.startedAt
  return row?.startedAt ?? (startedAt === undefined ? null : new Date(startedAt))
}

/** A job that begins, or is run again, begins with its first round; a parked one has ended a round. */
function attemptsBeforeIn(row: TaskState | undefined, change: DatedChange): number {
  if (change.status === 'pending') return 0
  const before = row?.attemptsBefore ?? 0
  return change.parkedAt ? Math.max(before, change.attempts ?? 0) : before
}

/** The probe may have estimated what the worker has counted. */
function countedMedia(
  media: MediaFacts | null,
  output: UpscaleOutput | undefined,
): MediaFacts | null {
  if (!media || !output?.source) return media
  return { ...media, video: { ...media.video, ...output.source, framesExact: true } }
}

function parkedAfter(row: TaskState | undefined, { parkedAt }: DatedChange): Date | null {
  if (parkedAt === undefined) return row?.parkedAt ?? null
  return parkedAt === null ? null : new Date(parkedAt)
}

type OutputState = Pick<TaskState, 'outputKey' | 'output' | 'timings' | 'expiresAt'>

function outputAfter(
  row: TaskState | undefined,
  { output, at }: DatedChange,
  resultKeptMs: number,
): OutputState {
  if (output) {
    return {
      outputKey: output.outputKey,
      output: output.output,
      timings: output.timings,
      expiresAt: new Date(at + resultKeptMs),
    }
  }
  const { outputKey = null, timings = null, expiresAt = null } = row ?? {}
  return { outputKey, output: row?.output ?? null, timings, expiresAt }
}
