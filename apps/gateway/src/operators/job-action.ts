import type { Because } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import type { Job } from './find-job.ts'

/** Something that an operator does with one job. */
export interface JobActionSteps {
  /** One sentence: what it would do. Throws the refusal where the job does not allow it. */
  plan: (job: Job) => string
  /** Throws the refusal that only a look elsewhere shows. */
  check?: (ctx: GatewayContext, job: Job) => Promise<unknown>
  /** Does it; one sentence: what was done. */
  act: (ctx: GatewayContext, job: Job, because: Because) => Promise<string>
}
