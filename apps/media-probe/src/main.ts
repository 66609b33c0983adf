import { runProcess, stopSignal } from '@upscale/runtime'
import { readConfig } from './config.ts'
import { createContext } from './context.ts'
import { startMediaProbe } from './start-media-probe.ts'

await runProcess('media-probe', async () => {
  const config = readConfig(process.env)
  const ctx = createContext(config)
  await using probe = await startMediaProbe(ctx, config)
  ctx.events.started(probe.port)
  await Promise.race([stopSignal(), probe.done])
})
