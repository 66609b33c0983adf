import { runProcess, stopSignal } from '@upscale/runtime'
import { readWorkerConfig } from './config.ts'
import { createWorkerContext } from './context.ts'
import { startWorker } from './start-worker.ts'

await runProcess('gateway-worker', async () => {
  const config = readWorkerConfig(process.env)
  await using ctx = createWorkerContext(config)
  await using worker = await startWorker(ctx, config)
  ctx.events.workerStarted(worker.port)
  await Promise.race([stopSignal(), worker.done])
})
