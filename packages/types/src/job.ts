import type { TaskError } from './errors.ts'
import type { AccountId, TaskId } from './ids.ts'
import type { UpscaleFactor } from './limits.ts'
import type { MagicName } from './magic.ts'
import type { MediaFacts, OutputFacts } from './media.ts'

/** A customer's URL, readable only with the key ring; `host` is for people. */
export interface SealedSource {
  host: string
  sealed: string
}

/** Input of the workflow: plain words first, since operators read it. */
export interface UpscaleJob {
  taskId: TaskId
  accountId: AccountId
  factor: UpscaleFactor
  maxCredits?: number | undefined
  /** Which charge of the task this run starts with: an operator's rerun brings last + 1. */
  generation?: number | undefined
  /** 1 (first) to 5. */
  priority: number
  /** How long a parked job waits for an operator before it is refunded, ms; 0: it fails at once. */
  parkForMs: number
  upscale: UpscaleRetry
  source: SealedSource
  /** Absent: a live job. A test job is resized plainly, and nothing of it reaches a provider. */
  livemode?: boolean | undefined
  /** A test job whose source names an outcome: nothing is fetched, and no slot of real work is taken. */
  magic?: MagicName | undefined
  /** Probed and priced before: the probe is left out, and the price is that of its time. */
  quote?: { media: MediaFacts; quotedAt: number } | undefined
}

/** Input of the workflow of a quote: plain words first, since operators read it. */
export interface QuoteJob {
  quoteId: string
  accountId: AccountId
  factor: UpscaleFactor
  source: SealedSource
  /** Absent: live. */
  livemode?: boolean | undefined
}

export type QuoteOutcome =
  { outcome: 'quoted'; media: MediaFacts } | { outcome: 'refused'; error: TaskError }

/** Attempts and their spacing before an operational failure parks the job. */
export interface UpscaleRetry {
  attempts: number
  firstRetryMs: number
}

export interface Price {
  creditsUsed: number
  /** Balance right after the debit. */
  creditsRemaining: number
  creditsPerSecond: number
  /** Public id of the ledger line; null where a rerun was delivered free of charge. */
  debitId: string | null
}

/** Answer of the `admit` update, and so of the POST. */
export type Admission =
  ({ admitted: true; media: MediaFacts } & Price) | { admitted: false; error: TaskError }

export type TaskStatus = 'pending' | 'processing' | 'completed' | 'failed' | 'canceled'

/** In the order in which a job passes them. */
export const TASK_STAGES = [
  'queued',
  'fetching',
  'preparing',
  'upscaling',
  'finalizing',
  'done',
] as const
export type TaskStage = (typeof TASK_STAGES)[number]

/** The result of one upscale attempt: stored, measured, not yet released. */
export interface UpscaleOutput {
  /** Object key of the stored result. */
  outputKey: string
  output: OutputFacts
  timings: { fetchMs: number; prepareMs: number; upscaleMs: number; finalizeMs: number }
  /** When this attempt began, epoch ms. */
  startedAt: number
  /** Number of the attempt within its round, from 1. */
  attempt: number
  /** What the decoder counted in the source, where the container's header only estimates. */
  source?: { frames: number; fps: number } | undefined
}

/** Heartbeat details of a running upscale: facts that an operator reads in the Temporal UI. */
export interface UpscaleProgress {
  stage: Extract<TaskStage, 'fetching' | 'preparing' | 'upscaling' | 'finalizing'>
  /** Share of the whole job, 0–1. */
  progress: number
  frames: number
  of: number
  etaSeconds: number | null
  /** When this attempt began, epoch ms. */
  startedAt: number
}

/** A change of the read model, in the order of `at`. */
export interface TaskChange {
  status: TaskStatus
  stage?: TaskStage | undefined
  /** How far the attempt came, 0 to 0.99. */
  progress?: number | undefined
  /** Waiting for an operator since this time, epoch ms; null: no longer. */
  parkedAt?: number | null | undefined
  error?: TaskError | undefined
  media?: MediaFacts | undefined
  price?: Price | undefined
  output?: UpscaleOutput | undefined
  /** Upscale attempts started so far. */
  attempts?: number | undefined
  /** When an upscale attempt began, epoch ms. */
  startedAt?: number | undefined
}

/** Result of the workflow, written to be read by people. */
export interface Outcome {
  outcome: 'completed' | 'failed' | 'canceled' | 'refused'
  creditsUsed?: number | undefined
  size?: string | undefined
  error?: TaskError | undefined
}

/** Sent by an operator with `retry` and `refund`; the Temporal UI may send nothing or a plain text. */
export type OperatorNote = string | { actor?: string; reason?: string } | null

export interface CancelAnswer {
  cancelRequested: true
}
