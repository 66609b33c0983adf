import { runProcess, stopSignal } from '@upscale/runtime'
import { readGatewayConfig } from './config.ts'
import { createGatewayContext } from './context.ts'
import { startGateway } from './start-gateway.ts'

await runProcess('gateway', async () => {
  await using ctx = createGatewayContext(readGatewayConfig(process.env))
  await using gateway = await startGateway(ctx)
  ctx.events.gatewayStarted(gateway.port, gateway.internalPort)
  await stopSignal()
})
