import { retryUpdate } from '@upscale/workflows/messages'
import type { JobActionSteps } from './job-action.ts'
import { requireParked, sendDecision } from './send-decision.ts'

/** A parked job upscales again, at no new charge. */
export const retry: JobActionSteps = {
  plan(job) {
    requireParked(job)
    return `${job.taskId} would upscale again, at no new charge`
  },
  async act(ctx, job, because) {
    await sendDecision(ctx, job, retryUpdate, because)
    return `${job.taskId} upscales again, at no new charge`
  },
}
