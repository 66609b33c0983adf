import { requireBearer } from '@upscale/runtime'
import type { Health } from '@upscale/runtime'
import { JOB_ACTIONS } from '@upscale/types'
import type { Express } from 'express'
import { bareApp } from './app.ts'
import type { GatewayContext } from './context.ts'
import { addRoutes } from './http/add-routes.ts'
import type { Route } from './http/add-routes.ts'
import { errorHandler } from './http/error-handler.ts'
import { jsonBody } from './http/json-body.ts'
import type { Operation } from './http/operation.ts'
import { requestId } from './http/request-id.ts'
import { requestLog } from './http/request-log.ts'
import { requirePlainHead } from './http/require-plain-head.ts'
import { BILLING_PASSAGES } from './operators/billing-passages.ts'
import { jobAction } from './routes/internal/act-on-job.ts'
import { createKey } from './routes/internal/create-key.ts'
import { findTasksUnderId } from './routes/internal/find-tasks.ts'
import { getDoctor } from './routes/internal/get-doctor.ts'
import { getTimeline } from './routes/internal/get-timeline.ts'
import { listAudit } from './routes/internal/list-audit.ts'
import { listKeys } from './routes/internal/list-keys.ts'
import { passToBilling } from './routes/internal/pass-to-billing.ts'
import { reconcile } from './routes/internal/reconcile.ts'
import { revokeKey } from './routes/internal/revoke-key.ts'
import { rotateKey } from './routes/internal/rotate-key.ts'

/** The operators' port: health and metrics without a secret, all else with it. */
export function createInternalApp(ctx: GatewayContext, health: Health): Express {
  const app = bareApp()
  app.use((req, res, next) => {
    if (!health.handle(req, res)) next()
  })
  app.use(requestId, requestLog(ctx.events), requirePlainHead)
  addRoutes(app, ctx, routes(ctx.config.http.internalSecret))
  app.use(errorHandler(ctx))
  return app
}

function routes(secret: string): Route[] {
  const operator = requireBearer(secret)
  const get = (path: string, run: Operation): Route => ({
    method: 'GET',
    path,
    before: [operator],
    run,
  })
  const post = (path: string, run: Operation): Route => ({
    method: 'POST',
    path,
    before: [operator, ...jsonBody],
    run,
  })
  return [
    get('/internal/doctor', getDoctor),
    get('/internal/tasks', findTasksUnderId),
    get('/internal/tasks/:taskId/timeline', getTimeline),
    ...JOB_ACTIONS.map((action) => post(`/internal/tasks/:taskId/${action}`, jobAction(action))),
    get('/internal/audit', listAudit),
    get('/internal/keys', listKeys),
    post('/internal/keys', createKey),
    post('/internal/keys/:id/rotate', rotateKey),
    post('/internal/keys/:id/revoke', revokeKey),
    post('/internal/reconcile', reconcile),
    ...BILLING_PASSAGES.map(passToBilling).map(({ method, path, run }) =>
      method === 'GET' ? get(path, run) : post(path, run),
    ),
  ]
}
