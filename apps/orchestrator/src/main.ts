import { runProcess, stopSignal } from '@upscale/runtime'
import { readConfig } from './config.ts'
import { startOrchestrator } from './start-orchestrator.ts'

await runProcess('orchestrator', async () => {
  await using orchestrator = await startOrchestrator(readConfig(process.env))
  await Promise.race([stopSignal(), orchestrator.done])
})
