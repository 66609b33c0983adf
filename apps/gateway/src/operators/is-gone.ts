import { isGrpcServiceError } from '@temporalio/client'

const NOT_FOUND: readonly number[] = [5] // gRPC's status code

/** Temporal knows no such run, or it has ended. */
export const isGone = (error: unknown): boolean =>
  isGrpcServiceError(error) && NOT_FOUND.includes(error.code)
