import { stopSignal } from '@upscale/runtime'
import { readWorkerConfig } from './config.ts'
import { createWorkerContext } from './context.ts'
import { startWorker } from './start-worker.ts'

const config = readWorkerConfig(process.env)
await using ctx = createWorkerContext(config)
await using worker = await startWorker(ctx, config)
ctx.events.started({ internal_port: worker.internalPort })
await Promise.race([stopSignal(), worker.done])
