import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client'
import { AppError } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { isPassing } from '../orders/start-failure.ts'

const USUAL_DEADLINE_MS = 10_000

/** One call to Temporal. Throws SERVICE_UNAVAILABLE where it, or the worker behind it, does not answer. */
export async function askTemporal<Answer>(
  { temporal }: Pick<GatewayContext, 'temporal'>,
  call: () => Promise<Answer>,
  deadlineMs = USUAL_DEADLINE_MS,
): Promise<Answer> {
  try {
    return await temporal.client.withDeadline(Date.now() + deadlineMs, call)
  } catch (cause) {
    if (!(cause instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isPassing(cause)))
      throw cause
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      'Temporal or its workers did not answer in time: look at the present state, then try again',
      { cause },
    )
  }
}
