import { requireBearer } from '@upscale/runtime'
import type { Health } from '@upscale/runtime'
import type { Express } from 'express'
import { bareApp } from './app.ts'
import type { GatewayContext } from './context.ts'
import { addRoutes } from './http/add-routes.ts'
import { errorHandler } from './http/error-handler.ts'
import { jsonBody } from './http/json-body.ts'
import { requestId } from './http/request-id.ts'
import { requestLog } from './http/request-log.ts'
import { requirePlainHead } from './http/require-plain-head.ts'
import { createKey } from './routes/internal/create-key.ts'
import { listKeys } from './routes/internal/list-keys.ts'
import { revokeKey } from './routes/internal/revoke-key.ts'

/** The operators' port: health and metrics without a secret, keys with it. */
export function createInternalApp(ctx: GatewayContext, health: Health): Express {
  const operator = requireBearer(ctx.config.http.internalSecret)
  const app = bareApp()
  app.use((req, res, next) => {
    if (!health.handle(req, res)) next()
  })
  app.use(requestId, requestLog(ctx.events), requirePlainHead)
  addRoutes(app, ctx, [
    { method: 'POST', path: '/internal/keys', before: [operator, ...jsonBody], run: createKey },
    { method: 'GET', path: '/internal/keys', before: [operator], run: listKeys },
    { method: 'POST', path: '/internal/keys/:id/revoke', before: [operator], run: revokeKey },
  ])
  app.use(errorHandler(ctx))
  return app
}
