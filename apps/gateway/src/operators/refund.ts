import { refundUpdate } from '@upscale/workflows/messages'
import type { JobActionSteps } from './job-action.ts'
import { requireParked, sendDecision } from './send-decision.ts'

/** A parked job ends as failed, and its credits go back. */
export const refund: JobActionSteps = {
  plan(job) {
    requireParked(job)
    return `${job.taskId} would end as failed, with all its credits given back`
  },
  async act(ctx, job, because) {
    await sendDecision(ctx, job, refundUpdate, because)
    return `${job.taskId} ends as failed within seconds, with all its credits given back`
  },
}
