import { refundUpdate } from '@upscale/workflows/messages'
import type { JobActionSteps } from './job-action.ts'
import { refusalOf } from './job-case.ts'
import { requireParked, sendDecision } from './send-decision.ts'

/** A parked job ends as failed, and its credits go back. */
export const refund: JobActionSteps = {
  plan(job) {
    requireParked(job)
    // Its charge is settled: the run would end, and no credits would move.
    if (job.status === 'completed') throw refusalOf(job, { parked: DELIVERED })
    return `${job.taskId} would end as failed, with all its credits given back`
  },
  async act(ctx, job, because) {
    await sendDecision(ctx, job, refundUpdate, because)
    return `${job.taskId} ends as failed within seconds, with all its credits given back`
  },
}

const DELIVERED = [
  'already_delivered',
  'was delivered: cancel stops this run alone, reverse gives the credits back once it is over',
] as const
