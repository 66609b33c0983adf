import { connectTemporal, createLogger, createMetrics } from '@upscale/runtime'
import { startWorkflowProcess } from '@upscale/runtime/worker'
import type { WorkerProcess } from '@upscale/runtime/worker'
import { QUEUES } from '@upscale/workflows/activities'
import type { OrchestratorConfig } from './config.ts'
import { ensureSchedules } from './ensure-schedules.ts'

/** The workflow host: runs the prebuilt bundle, and sees to it that its schedules exist. */
export async function startOrchestrator({
  temporal,
  internal,
  bundlePath,
  logLevel,
}: OrchestratorConfig): Promise<WorkerProcess> {
  const logger = createLogger('orchestrator', logLevel)
  const orchestrator = await startWorkflowProcess({
    temporal,
    taskQueue: QUEUES.orchestrator,
    bundlePath,
    internal,
    logger,
    metrics: createMetrics(),
  })
  await using server = connectTemporal(temporal)
  await ensureSchedules(server.client)
  logger.info({ port: orchestrator.port }, 'orchestrator is ready')
  return orchestrator
}
