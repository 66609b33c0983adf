import express from 'express'
import type { Express } from 'express'
import type { GatewayContext } from './context.ts'
import { ENDPOINTS } from './endpoints.ts'
import { addRoutes } from './http/add-routes.ts'
import { routeOf } from './http/endpoint.ts'
import { errorHandler } from './http/error-handler.ts'
import { requestId } from './http/request-id.ts'
import { requestLog } from './http/request-log.ts'
import { requirePlainHead } from './http/require-plain-head.ts'
import { securityHeaders } from './http/security-headers.ts'

/** The public API. */
export function createApp(ctx: GatewayContext): Express {
  const app = bareApp()
  app.use(requestId, requestLog(ctx.events), securityHeaders(ctx.config.publicUrl))
  app.use(requirePlainHead)
  addRoutes(
    app,
    ctx,
    ENDPOINTS.map((endpoint) => routeOf(ctx, endpoint)),
  )
  app.use(errorHandler(ctx))
  return app
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
