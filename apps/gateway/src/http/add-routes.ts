import type { Express, RequestHandler } from 'express'
import type { GatewayContext } from '../context.ts'
import { noSuchEndpoint } from './app-error-from.ts'
import { methodNotAllowed } from './method-not-allowed.ts'
import type { Operation } from './operation.ts'

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  /** What a request passes before the operation, in this order. */
  before: readonly RequestHandler[]
  run: Operation
}

const VERBS = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } as const

/** Adds the operations; what they leave over is a wrong method or an unknown path. */
export function addRoutes(app: Express, ctx: GatewayContext, routes: readonly Route[]): void {
  for (const { method, path, before, run } of routes) {
    const handlers: RequestHandler[] = [...before, (req, res) => run(ctx, req, res)]
    app[VERBS[method]](path, ...handlers)
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map((route) => route.method)
    app.all(path, methodNotAllowed(methods))
  }
  app.use((req) => {
    throw noSuchEndpoint(`${req.method} ${req.path}`)
  })
}
