import { createLogger, createMetrics, startInternalServer } from '@upscale/runtime'
import { startWorkflowWorker } from '@upscale/runtime/worker'
import { QUEUES } from '@upscale/workflows/activities'
import type { OrchestratorConfig } from './config.ts'

/** The workflow host: runs the prebuilt bundle, does nothing else. */
export async function startOrchestrator({
  temporal,
  internalPort,
  bundlePath,
  logLevel,
}: OrchestratorConfig): Promise<AsyncDisposable & { done: Promise<void> }> {
  const logger = createLogger('orchestrator', logLevel)
  const worker = await startWorkflowWorker({
    temporal,
    taskQueue: QUEUES.orchestrator,
    bundlePath,
    logger,
  })
  const internal = await startInternalServer({
    port: internalPort,
    checks: { temporal: worker.check },
    metrics: createMetrics(),
  })
  logger.info({ port: internal.port }, 'orchestrator is ready')
  return {
    done: worker.done,
    async [Symbol.asyncDispose]() {
      internal.drain()
      await worker[Symbol.asyncDispose]()
      await internal[Symbol.asyncDispose]()
    },
  }
}
