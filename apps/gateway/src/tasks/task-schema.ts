import { MODEL, PUBLIC_CODES, TASK_CODES, TASK_STAGES, UPSCALE_FACTORS } from '@upscale/types'
import { z } from 'zod'
import {
  CANCELED_TASK,
  COMPLETED_TASK,
  CREATED_TASK,
  FAILED_TASK,
  GENERATED_TASK,
  PENDING_TASK,
  PROCESSING_TASK,
} from './task-examples.ts'

const nullable = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()])
const count = z.int().min(0)
export const Timestamp = z.iso
  .datetime({ precision: 3 })
  .describe('ISO 8601, UTC, with milliseconds')
const TaskId = z.string().regex(/^task_[A-Za-z0-9]{16,40}$/)
export const TaskParams = z.object({ id: TaskId.describe('Id of the task') })

/** `input` as at creation. */
export const TaskInput = z
  .object({
    video_url: z.string().describe('As sent'),
    upscale_factor: z.enum(UPSCALE_FACTORS),
    detected_duration: z
      .string()
      .regex(/^\d+(\.\d{1,3})?s$/)
      .describe('Seconds with at most three decimals, then `s`'),
    billed_seconds: count.describe('Started seconds: what the price is made of'),
    credits_per_second: count,
  })
  .meta({ id: 'TaskInput' })

const created = z.object({
  id: TaskId,
  model: z.literal(MODEL),
  status: z.literal('pending'),
  input: TaskInput,
  creditsUsed: count,
  creditsRemaining: count.describe('Balance right after this debit'),
  createdAt: Timestamp,
})
export const CreatedTask = created.meta({ id: 'CreatedTask', examples: [CREATED_TASK] })
export const GeneratedTask = created
  .omit({ input: true })
  .meta({ id: 'GeneratedTask', examples: [GENERATED_TASK] })

export const ErrorCode = z.enum(PUBLIC_CODES).meta({ id: 'ErrorCode' })

export const ErrorObject = z
  .object({
    code: ErrorCode,
    key: z
      .string()
      .regex(/^[a-z][a-z0-9_]*$/)
      .describe('Finer than the code, for branching'),
    message: z.string().describe('English, for people: what is wrong and what to do'),
    param: nullable(z.string()).describe('Body path or header that it is about'),
    retryable: z.boolean().describe('Whether the same request may succeed later'),
    refunded_credits: count,
    doc_url: z.url(),
    request_id: z.string(),
    details: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Measured values, as the page of the code says'),
  })
  .meta({ id: 'Error' })

export const SourceFacts = z
  .object({
    duration: z.number().describe('Seconds'),
    width: count,
    height: count,
    fps: z.number(),
    frame_count: count,
    codec: z.string(),
    container: z.enum(['mp4', 'mov', 'mkv']),
    bytes: count,
    has_audio: z.boolean(),
  })
  .meta({ id: 'Source' })

const OutputFacts = z
  .object({
    url: nullable(z.url()).describe('The same as `result.url`; null once the result is gone'),
    width: count,
    height: count,
    fps: z.number(),
    codec: z.enum(['h264', 'hevc']),
    container: z.literal('mp4'),
    duration: z.number().describe('Seconds'),
    bytes: count,
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    expires_at: Timestamp.describe('When the link ends'),
  })
  .meta({ id: 'Output', description: 'Measured on the stored file' })

const LedgerLine = z.object({
  id: z.string().regex(/^txn_[0-9a-f]{24}$/),
  type: z.enum(['debit', 'refund', 'grant', 'adjustment']),
  amount: z.int(),
})

const Cost = z
  .object({
    credits: count,
    credits_per_second: count,
    billed_seconds: count,
    refunded_credits: count,
    net_credits: count,
    transactions: z.array(LedgerLine).describe('Lines of the ledger, oldest first'),
  })
  .meta({ id: 'Cost', description: 'The receipt' })

const ms = nullable(count)
const Timings = z
  .object({
    queued_ms: ms,
    fetch_ms: ms,
    prepare_ms: ms,
    upscale_ms: ms,
    finalize_ms: ms,
    total_ms: ms.describe('From creation to the end'),
  })
  .meta({ id: 'Timings', description: 'null until reached' })

const base = {
  id: TaskId,
  model: z.literal(MODEL),
  mediaType: z.literal('video'),
  prompt: z.null(),
  createdAt: Timestamp,
  input: TaskInput.extend({
    video_url: nullable(z.string()).describe('As sent; null once the task was deleted'),
  }).meta({ id: 'KeptTaskInput' }),
  creditsUsed: count,
  stage: z.enum(TASK_STAGES).describe('After a failure or cancel: the last stage reached'),
  progress: z.number().min(0).max(1),
  eta_seconds: nullable(count).describe('From measured speed and queue; null: unknown or ended'),
  queue_position: nullable(z.int().min(1)).describe('1 is next; null unless pending'),
  source: SourceFacts,
  cost: Cost,
  timings: Timings,
  attempts: count.describe('Upscale attempts started; retries of ours never charge again'),
  started_at: nullable(Timestamp),
  completed_at: nullable(Timestamp),
  cancel_requested_at: nullable(Timestamp),
  metadata: z.record(z.string(), z.string()),
  livemode: z.boolean(),
  request_id: z.string(),
  urls: z.object({ self: z.url(), events: z.url(), cancel: z.url() }),
}
const unfinished = { ...base, result: z.null(), output: z.null(), error: z.null() }
const TaskErrorObject = ErrorObject.extend({
  code: z.enum(TASK_CODES).meta({ id: 'TaskErrorCode' }),
}).meta({ id: 'TaskError' })
const ended = { ...base, result: z.null(), output: z.null(), error: TaskErrorObject }

export const PendingTask = z
  .object({ ...unfinished, status: z.literal('pending') })
  .meta({ id: 'PendingTask', examples: [PENDING_TASK] })
export const ProcessingTask = z
  .object({ ...unfinished, status: z.literal('processing') })
  .meta({ id: 'ProcessingTask', examples: [PROCESSING_TASK] })
export const CompletedTask = z
  .object({
    ...base,
    status: z.literal('completed'),
    result: z.object({
      url: nullable(z.url()).describe('null once the result is gone'),
      type: z.literal('video'),
    }),
    output: OutputFacts,
    error: z.null(),
  })
  .meta({ id: 'CompletedTask', examples: [COMPLETED_TASK] })
export const FailedTask = z
  .object({ ...ended, status: z.literal('failed') })
  .meta({ id: 'FailedTask', examples: [FAILED_TASK] })
export const CanceledTask = z
  .object({ ...ended, status: z.literal('canceled') })
  .meta({ id: 'CanceledTask', examples: [CANCELED_TASK] })

/** The public task object, one shape per status. */
export const Task = z
  .discriminatedUnion('status', [
    PendingTask,
    ProcessingTask,
    CompletedTask,
    FailedTask,
    CanceledTask,
  ])
  .meta({ id: 'Task', examples: [COMPLETED_TASK] })

const { creditsRemaining } = created.shape

/** Answer of a create that waited: its own fields and the task as it is then. */
export const AwaitedTask = z
  .discriminatedUnion('status', [
    PendingTask.extend({ creditsRemaining }),
    ProcessingTask.extend({ creditsRemaining }),
    CompletedTask.extend({ creditsRemaining }),
    FailedTask.extend({ creditsRemaining }),
    CanceledTask.extend({ creditsRemaining }),
  ])
  .meta({ id: 'AwaitedTask', description: 'With `Prefer: wait=N`' })
