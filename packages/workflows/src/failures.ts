import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TimeoutFailure,
} from '@temporalio/common'
import { ERRORS, isErrorCode } from '@upscale/types'
import type { AppError, ErrorCode, InternalFailure, TaskError, TaskStage } from '@upscale/types'

/** First detail of a failure that crosses Temporal. */
interface FailureFacts {
  key?: string
  details?: Record<string, unknown>
  /** Whole percent done when a cancel stopped an upscale. */
  donePercent?: number
  /** Attempt of the activity that ended so. */
  attempt?: number
  /** How far an upscale came, and when it began, epoch ms. */
  stage?: TaskStage
  progress?: number
  startedAt?: number
}

/**
 * A catalogue error as it travels through Temporal; expected, so neither an alarm nor a metric. Its cause
 * stays behind: it may name an address, and histories are read by many.
 */
export const applicationFailureOf = (
  error: AppError,
  facts: FailureFacts = {},
): ApplicationFailure =>
  readable(
    ApplicationFailure.create({
      type: error.code,
      message: error.message,
      nonRetryable: ERRORS[error.code].final,
      category: 'BENIGN',
      details: [{ key: error.key, ...(error.details && { details: error.details }), ...facts }],
    }),
  )

/** Without the stack, which says where we threw, never why; in the UI it pushes the reason out of sight. */
function readable(failure: ApplicationFailure): ApplicationFailure {
  failure.stack = ''
  return failure
}

/** Thrown by workflow code and validators: ends what it is thrown in, is never retried. */
export const failWith = (error: AppError): ApplicationFailure => {
  const { details } = applicationFailureOf(error)
  return readable(
    ApplicationFailure.create({
      type: error.code,
      message: error.message,
      nonRetryable: true,
      category: 'BENIGN',
      details: details ?? [],
    }),
  )
}

/** An update that does not fit the present state of the job; no customer sees it. */
export const refuseUpdate = (type: InternalFailure, message: string): ApplicationFailure =>
  ApplicationFailure.create({ type, message, nonRetryable: true, category: 'BENIGN' })

/**
 * What a job that ended with `error` tells customers. `admitted` decides who ran out of time: before
 * the answer the service, after it the upscaler.
 */
export function taskErrorFrom(error: unknown, admitted: boolean): TaskError {
  const cause = causeOf(error)
  if (cause instanceof CancelledFailure) return admitted ? STOPPED : UNAVAILABLE
  if (cause instanceof ApplicationFailure && isErrorCode(cause.type ?? '')) return catalogued(cause)
  if (admitted) return cause instanceof TimeoutFailure ? TIMED_OUT : UNEXPECTED
  return cause instanceof TimeoutFailure || ranOutOfTime(error) ? UNAVAILABLE : UNEXPECTED
}

const plain = (code: ErrorCode, message: string, key = code.toLowerCase()): TaskError => ({
  code,
  key,
  message,
})
const UNEXPECTED = plain('INTERNAL_ERROR', 'Something unexpected went wrong on our side')
const UNAVAILABLE = plain('SERVICE_UNAVAILABLE', 'Try again in 5 s')
const TIMED_OUT = plain('UPSCALER_TIMEOUT', 'The upscaler did not answer in time')
export const STOPPED = plain('GENERATION_FAILED', 'The job was stopped by the service', 'stopped')
export const CANCELED = plain('TASK_CANCELED', 'Canceled by the customer')

function catalogued(failure: ApplicationFailure): TaskError {
  const code = failure.type as ErrorCode
  if (code === 'SERVICE_UNAVAILABLE') return UNAVAILABLE // whose fault it was inside is no customer's
  if (code === 'INTERNAL_ERROR') return UNEXPECTED
  const { key, details } = factsOf(failure)
  return { ...plain(code, failure.message, key), ...(details && { details }) }
}

/** Final failures refund at once; all others park the job for an operator. */
export function isFinal(error: unknown): boolean {
  const cause = causeOf(error)
  return cause instanceof ApplicationFailure && cause.nonRetryable === true
}

/** How far the upscale came that failed or was canceled; empty where nobody was there to say it. */
export function reachedBy(
  error: unknown,
): Pick<FailureFacts, 'attempt' | 'stage' | 'progress' | 'startedAt'> {
  const { attempt, stage, progress, startedAt } = factsOf(causeOf(error))
  return {
    ...(attempt && { attempt }),
    ...(stage && { stage }),
    ...(progress && { progress }),
    ...(startedAt && { startedAt }),
  }
}

/** Whole percent done when a cancel stopped the upscale. */
export function donePercentOf(error: unknown): number {
  const cause = causeOf(error)
  return cause instanceof CancelledFailure ? (factsOf(cause).donePercent ?? 0) : 0
}

/** How a failed run ends: in words for the operator who opens it. A cancel from the UI shows as Canceled. */
export function failedRun(task: TaskError, error: unknown, money: string): Error {
  if (causeOf(error) instanceof CancelledFailure) return error as Error
  return readable(
    ApplicationFailure.create({
      type: task.code,
      message: `${task.code}: ${task.message}; ${money}`,
      nonRetryable: true,
      ...(error instanceof Error && { cause: error }),
    }),
  )
}

const causeOf = (error: unknown): unknown =>
  error instanceof ActivityFailure ? error.cause : error

const ranOutOfTime = (error: unknown): boolean =>
  error instanceof ActivityFailure && error.retryState === RetryState.TIMEOUT

function factsOf(cause: unknown): FailureFacts {
  const tells = cause instanceof ApplicationFailure || cause instanceof CancelledFailure
  const [facts] = tells ? (cause.details ?? []) : []
  return (facts as FailureFacts | undefined) ?? {}
}
