import { pingDatabase, requireMigrated } from '@upscale/db'
import { createHealth } from '@upscale/runtime'
import { createApp } from './app.ts'
import type { GatewayContext } from './context.ts'
import { SCHEMA } from './db/migrate.ts'
import { migrations } from './db/migrations/index.ts'
import { startHttpServer } from './http/http-server.ts'
import { malformedRequest } from './http/malformed-request.ts'
import { createInternalApp } from './internal-app.ts'
import { sweepUploads } from './uploads/store-upload.ts'

export interface Gateway extends AsyncDisposable {
  port: number
  internalPort: number
}

/** Serves the public API and the operators' port; its disposal drains: nothing that has begun is cut. */
export async function startGateway(ctx: GatewayContext): Promise<Gateway> {
  const { listen, internal, drainWaitMs, drainGraceMs } = ctx.config.http
  await requireMigrated(ctx.db, { schema: SCHEMA, migrations })
  await sweepUploads()
  const checks = { database: () => pingDatabase(ctx.db), temporal: ctx.temporal.check }
  const health = createHealth(checks, ctx.metrics)
  const malformed = () => malformedRequest(ctx.config.publicUrl)
  const inside = await startHttpServer(createInternalApp(ctx, health), {
    listen: internal,
    malformed,
  })
  const outside = await startHttpServer(createApp(ctx), { listen, malformed })
  return {
    port: outside.port,
    internalPort: inside.port,
    async [Symbol.asyncDispose]() {
      health.drain()
      await outside.drain(drainWaitMs, drainGraceMs, ctx.taskEvents.letAllGo)
      await inside.drain(0, 0)
    },
  }
}
