import { startActivityWorker, startWorkflowWorker } from './activity-worker.ts'
import type { RunningWorker } from './activity-worker.ts'
import type { ListenAddress } from './env.ts'
import { startInternalServer } from './internal-server.ts'
import type { Checks } from './internal-server.ts'
import type { Registry } from './metrics.ts'

export interface WorkerProcess extends AsyncDisposable {
  /** Port of health and metrics. */
  port: number
  /** Rejects when the worker dies of itself. */
  done: Promise<void>
}

interface Health {
  internal: ListenAddress
  metrics: Registry
  /** What must work besides Temporal. */
  checks?: Checks
}

/** An activity worker with health and metrics on the internal port. */
export const startActivityProcess = async (
  options: Parameters<typeof startActivityWorker>[0] & Health,
): Promise<WorkerProcess> => withHealth(await startActivityWorker(options), options)

/** A workflow worker with health and metrics on the internal port. */
export const startWorkflowProcess = async (
  options: Parameters<typeof startWorkflowWorker>[0] & Health,
): Promise<WorkerProcess> => withHealth(await startWorkflowWorker(options), options)

/** Its disposal says that it drains, lets the worker end, and shows health and metrics until then. */
async function withHealth(
  worker: RunningWorker,
  { internal, metrics, checks }: Health,
): Promise<WorkerProcess> {
  await using parts = new AsyncDisposableStack()
  parts.use(worker)
  const server = await startInternalServer({
    listen: internal,
    checks: { ...checks, temporal: worker.check },
    metrics,
  })
  parts.move()
  return {
    port: server.port,
    done: worker.done,
    async [Symbol.asyncDispose]() {
      server.drain()
      await worker[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
