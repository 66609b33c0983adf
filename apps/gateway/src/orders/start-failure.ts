import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  isGrpcServiceError,
} from '@temporalio/client'
import { ApplicationFailure, CancelledFailure, WorkflowNotFoundError } from '@temporalio/common'
import { internalError } from '@upscale/types'
import type { AppError } from '@upscale/types'
import { tryAgain } from '../try-again.ts'

export interface StartFailure {
  /** What the customer is told. */
  error: AppError
  /** For metrics: a word per row of the table. */
  outcome: 'timeout' | 'closed' | 'unreachable' | 'bug'
  /** The run is over without an admission; otherwise it may exist and go on. */
  isClosed: boolean
}

/** What a failed Update-with-Start means: for the customer, for the figures, and for the run. */
export function startFailureOf(error: unknown): StartFailure {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return { error: tryAgain(error), outcome: 'timeout', isClosed: false }
  }
  if (isRunClosed(error)) return { error: tryAgain(error), outcome: 'closed', isClosed: true }
  if (isPassing(error)) return { error: tryAgain(error), outcome: 'unreachable', isClosed: false }
  return { error: internalError(error), outcome: 'bug', isClosed: false }
}

/** Ended, reset or terminated under us. */
const isRunClosed = (error: unknown): boolean =>
  error instanceof WorkflowExecutionAlreadyStartedError ||
  error instanceof WorkflowNotFoundError ||
  (error instanceof WorkflowUpdateFailedError && endedFirst(error.cause))

const endedFirst = (cause: unknown): boolean =>
  cause instanceof CancelledFailure ||
  (cause instanceof ApplicationFailure && cause.type === 'AcceptedUpdateCompletedWorkflow')

/** gRPC's numbers, bare or below the SDK's `ServiceError`. */
const PASSING: readonly number[] = [
  1, // CANCELLED
  4, // DEADLINE_EXCEEDED
  8, // RESOURCE_EXHAUSTED
  9, // FAILED_PRECONDITION: paused, or its workflow task keeps failing
  14, // UNAVAILABLE
]

/** Nothing is wrong with the call: the server does not answer, or not now. */
export function isPassing(error: unknown): boolean {
  if (isGrpcServiceError(error)) return PASSING.includes(error.code)
  return error instanceof Error && error.cause !== undefined && isPassing(error.cause)
}
