import { stopSignal } from '@upscale/runtime'
import { readGatewayConfig } from './config.ts'
import { createGatewayContext } from './context.ts'
import { startGateway } from './start-gateway.ts'

await using ctx = createGatewayContext(readGatewayConfig(process.env))
await using gateway = await startGateway(ctx)
ctx.events.started({ port: gateway.port, internal_port: gateway.internalPort })
await stopSignal()
