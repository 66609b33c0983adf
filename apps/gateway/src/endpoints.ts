import type { Endpoint } from './http/endpoint.ts'
import { cancelTask } from './routes/cancel-task.ts'
import { createUpload } from './routes/create-upload.ts'
import { deleteTask } from './routes/delete-task.ts'
import { generate } from './routes/generate.ts'
import { getCredits } from './routes/get-credits.ts'
import { getDocs } from './routes/get-docs.ts'
import { getDocsAsset } from './routes/get-docs-asset.ts'
import { getDocsPage } from './routes/get-docs-page.ts'
import { getDelivery } from './routes/get-delivery.ts'
import { getLlms } from './routes/get-llms.ts'
import { getLlmsFull } from './routes/get-llms-full.ts'
import { getOpenApi } from './routes/get-openapi.ts'
import { getResult } from './routes/get-result.ts'
import { getTask } from './routes/get-task.ts'
import { getUpload } from './routes/get-upload.ts'
import { getWebhookSecret } from './routes/get-webhook-secret.ts'
import { listDeliveries } from './routes/list-deliveries.ts'
import { listEvents } from './routes/list-events.ts'
import { listModels } from './routes/list-models.ts'
import { listTasks } from './routes/list-tasks.ts'
import { listTransactions } from './routes/list-transactions.ts'
import { putUpload } from './routes/put-upload.ts'
import { quoteUpscale } from './routes/quote-upscale.ts'
import { replayDelivery } from './routes/replay-delivery.ts'
import { rotateWebhookSecret } from './routes/rotate-webhook-secret.ts'
import { testWebhook } from './routes/test-webhook.ts'
import { upscaleVideo } from './routes/upscale-video.ts'

/** The public API: the router and the document are both made from this list. */
export const ENDPOINTS: readonly Endpoint[] = [
  upscaleVideo,
  generate,
  quoteUpscale,
  getTask,
  listTasks,
  listEvents,
  cancelTask,
  deleteTask,
  getCredits,
  listTransactions,
  listModels,
  createUpload,
  putUpload,
  getWebhookSecret,
  rotateWebhookSecret,
  listDeliveries,
  getDelivery,
  replayDelivery,
  testWebhook,
  getResult,
  getUpload,
  getDocs,
  getDocsPage,
  getDocsAsset,
  getOpenApi,
  getLlms,
  getLlmsFull,
]
