import { z } from 'zod'
import { isTaskId } from '@upscale/types'
import type { JobAction } from '@upscale/types'
import { bodyOf } from '../../http/json-body.ts'
import type { Operation } from '../../http/operation.ts'
import { actOnJob } from '../../operators/act-on-job.ts'
import { taskNotFound } from '../../operators/find-job.ts'
import { asked, parseInput } from '../../operators/parse-input.ts'

// Strict: a `dryRun` that is misspelled must not act.
const Body = z.strictObject(asked)

/** One of the operators' actions on a job. */
export const jobAction =
  (action: JobAction): Operation =>
  async (ctx, req, res) => {
    const request = parseInput(Body, bodyOf(req))
    const taskId = String(req.params['taskId'])
    if (!isTaskId(taskId)) throw taskNotFound(taskId)
    res.json(await actOnJob(ctx, taskId, action, { ...request, requestId: req.requestId }))
  }
