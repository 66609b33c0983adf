import { runProcess, stopSignal } from '@upscale/runtime'
import { readConfig } from './config.ts'
import { createContext } from './context.ts'
import { startBilling } from './start-billing.ts'

await runProcess('billing', async () => {
  const config = readConfig(process.env)
  await using ctx = createContext(config)
  await using billing = await startBilling(ctx, config)
  ctx.events.started(billing.port)
  await Promise.race([stopSignal(), billing.done])
})
