import { runProcess, stopSignal } from '@upscale/runtime'
import { readConfig } from './config.ts'
import { createContext } from './context.ts'
import { startUpscaleWorker } from './start-upscale-worker.ts'

await runProcess('upscale-worker', async () => {
  const config = readConfig(process.env)
  const ctx = await createContext(config)
  await using worker = await startUpscaleWorker(ctx, config)
  ctx.events.started(worker.port, ctx.tools)
  await Promise.race([stopSignal(), worker.done])
})
