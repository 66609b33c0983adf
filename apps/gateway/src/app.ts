import express from 'express'
import type { Express } from 'express'
import type { GatewayContext } from './context.ts'
import { addRoutes } from './http/add-routes.ts'
import type { Route } from './http/add-routes.ts'
import { authenticate } from './http/authenticate.ts'
import { errorHandler } from './http/error-handler.ts'
import { jsonBody } from './http/json-body.ts'
import { requestId } from './http/request-id.ts'
import { requestLog } from './http/request-log.ts'
import { requireApiAccess } from './http/require-api-access.ts'
import { requirePlainHead } from './http/require-plain-head.ts'
import { securityHeaders } from './http/security-headers.ts'
import { generate } from './routes/generate.ts'
import { getCredits } from './routes/get-credits.ts'
import { getResult } from './routes/get-result.ts'
import { getTask } from './routes/get-task.ts'
import { listErrors } from './routes/list-errors.ts'
import { listModels } from './routes/list-models.ts'
import { upscaleVideo } from './routes/upscale-video.ts'

/** The public API. */
export function createApp(ctx: GatewayContext): Express {
  const app = bareApp()
  app.use(requestId, requestLog(ctx.events), securityHeaders(ctx.config.publicUrl))
  app.use(requirePlainHead)
  addRoutes(app, ctx, routes(ctx))
  app.use(errorHandler(ctx))
  return app
}

const API = '/api/v1'

function routes({ findCaller, billing }: GatewayContext): Route[] {
  const account = [authenticate(findCaller), requireApiAccess(billing)]
  const json = [...account, ...jsonBody]
  return [
    { method: 'GET', path: `${API}/tasks/:id`, before: account, run: getTask },
    { method: 'POST', path: `${API}/tools/upscale-video`, before: json, run: upscaleVideo },
    { method: 'POST', path: `${API}/generate`, before: json, run: generate },
    { method: 'GET', path: `${API}/credits`, before: account, run: getCredits },
    { method: 'GET', path: `${API}/models`, before: [], run: listModels },
    { method: 'GET', path: '/results/*key', before: [], run: getResult },
    { method: 'GET', path: '/docs/errors', before: [], run: listErrors },
  ]
}

/** Express without what we do not use; its paths mean what they say. */
export function bareApp(): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.enable('case sensitive routing')
  app.enable('strict routing')
  return app
}
