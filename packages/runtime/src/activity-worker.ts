import { NativeConnection, Runtime, Worker, makeTelemetryFilterString } from '@temporalio/worker'
import type { WorkerOptions } from '@temporalio/worker'
import { failureInterceptor } from './activity-failures.ts'
import type { Logger } from './logger.ts'
import { logTemporal } from './temporal-log.ts'
import type { TemporalConfig } from './temporal.ts'

const SHUTDOWN_GRACE_MS = 1_000 // activities learn of the stop after it, fail retryably and go on elsewhere
const SHUTDOWN_FORCE_MS = 15_000

export interface RunningWorker extends AsyncDisposable {
  /** Rejects when the worker dies of itself. */
  done: Promise<void>
  check: () => Promise<void>
}

interface WorkerConfig {
  temporal: TemporalConfig
  logger: Logger
}

/** Serves one activity queue until it is disposed. */
export const startActivityWorker = ({
  taskQueue,
  activities,
  maxConcurrent = 100,
  ...config
}: WorkerConfig & { taskQueue: string; activities: object; maxConcurrent?: number }) =>
  startWorker(config, {
    taskQueue,
    activities,
    maxConcurrentActivityTaskExecutions: maxConcurrent,
    interceptors: { activity: [() => ({ inbound: failureInterceptor(config.logger) })] },
    // A heartbeat is progress that a customer watches, and the only way a cancel is heard.
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
  })

/** Serves a workflow queue with a prebuilt bundle until it is disposed. */
export const startWorkflowWorker = ({
  taskQueue,
  bundlePath,
  ...config
}: WorkerConfig & { taskQueue: string; bundlePath: string }) =>
  startWorker(config, {
    taskQueue,
    workflowBundle: { codePath: bundlePath },
    maxCachedWorkflows: 500,
  })

async function startWorker(
  { temporal, logger }: WorkerConfig,
  options: Omit<WorkerOptions, 'connection' | 'namespace'>,
): Promise<RunningWorker> {
  installRuntime(logger)
  const connection = await connect(temporal, logger)
  const worker = await Worker.create({
    ...options,
    connection,
    namespace: temporal.namespace,
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
    shutdownForceTime: SHUTDOWN_FORCE_MS,
  })
  const done = worker.run()
  done.catch((error: unknown) => logger.fatal({ err: error }, 'worker died'))
  return {
    done,
    check: async () => {
      if (worker.getState() !== 'RUNNING') throw new Error(`worker is ${worker.getState()}`)
    },
    async [Symbol.asyncDispose]() {
      if (worker.getState() === 'RUNNING') worker.shutdown()
      await done.catch(() => undefined) // said above
      await connection.close()
    },
  }
}

/** Waits for a server that is not up yet: order of start must not matter. */
async function connect(temporal: TemporalConfig, logger: Logger): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect({ address: temporal.address })
    } catch (error) {
      logger.warn({ err: error }, 'Temporal does not answer yet')
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
}

let installed = false

/** Once per process: our log, and no signal handlers, so that each process orders its own stop. */
function installRuntime(logger: Logger): void {
  if (installed) return
  installed = true
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: (level, message, meta) => logTemporal(logger, level, message, meta),
      trace: (message, meta) => logTemporal(logger, 'TRACE', message, meta),
      debug: (message, meta) => logTemporal(logger, 'DEBUG', message, meta),
      info: (message, meta) => logTemporal(logger, 'INFO', message, meta),
      warn: (message, meta) => logTemporal(logger, 'WARN', message, meta),
      error: (message, meta) => logTemporal(logger, 'ERROR', message, meta),
    },
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'WARN' }), forward: {} },
    },
  })
}
