import type { Endpoint } from './http/endpoint.ts'
import { generate } from './routes/generate.ts'
import { getCredits } from './routes/get-credits.ts'
import { getResult } from './routes/get-result.ts'
import { getTask } from './routes/get-task.ts'
import { listErrors } from './routes/list-errors.ts'
import { listModels } from './routes/list-models.ts'
import { upscaleVideo } from './routes/upscale-video.ts'

/** The public API: the router and the document are both made from this list. */
export const ENDPOINTS: readonly Endpoint[] = [
  upscaleVideo,
  generate,
  getTask,
  getCredits,
  listModels,
  getResult,
  listErrors,
]
