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
import { createIpLimits } from './limits/ip-limits.ts'

/** The public API. */
export function createApp(ctx: GatewayContext): Express {
  const app = bareApp()
  const ipLimits = createIpLimits(ctx.config.limits)
  app.set('trust proxy', ctx.config.limits.trustedProxies)
  app.use(requestId, requestLog(ctx.events), securityHeaders(ctx.config.publicUrl))
  app.use(requirePlainHead, async (req, _res, next) => {
    await ipLimits.countRequest(req)
    next()
  })
  addRoutes(
    app,
    ctx,
    ENDPOINTS.map((endpoint) => routeOf(ctx, ipLimits, endpoint)),
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
