import { Counter, Histogram } from '@upscale/runtime'
import type { Logger, Registry } from '@upscale/runtime'
import type { Admission, TaskId } from '@upscale/types'
import type { RecordTaskInput } from '@upscale/workflows/activities'
import type { Act } from './operators/audit-store.ts'
import type { TaskOrder } from './tasks/order-store.ts'
import type { StartFailure } from './tasks/start-failure.ts'

export type Events = ReturnType<typeof createEvents>

/** One answered request, as its log line and its metric know it. */
export interface AnsweredRequest {
  requestId: string
  clientRequestId: string | undefined
  account: string | undefined
  taskId: TaskId | undefined
  method: string
  route: string
  status: number
  ms: number
  isCutOff: boolean
}

/** One function per business event: its log line and its metric. */
export function createEvents(logger: Logger, metrics: Registry) {
  const registers = [metrics]
  const requests = new Histogram({
    name: 'upscale_gateway_request_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 25],
    registers,
  })
  const admissions = new Histogram({
    name: 'upscale_gateway_admission_seconds',
    help: 'Time that a create waits for its workflow, by outcome',
    labelNames: ['outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20],
    registers,
  })
  const records = new Counter({
    name: 'upscale_gateway_records_total',
    help: 'Changes of tasks recorded; taken "false": a late or repeated one',
    labelNames: ['status', 'taken'],
    registers,
  })
  const unexpected = new Counter({
    name: 'upscale_gateway_unexpected_total',
    help: 'Failures that nobody foresaw: must be zero',
    registers,
  })
  const actions = new Counter({
    name: 'upscale_gateway_operator_actions_total',
    help: 'What operators did through the internal API',
    labelNames: ['action', 'outcome'],
    registers,
  })

  return {
    gatewayStarted: (port: number, internalPort: number) =>
      logger.info({ port, internal_port: internalPort }, 'gateway is ready'),

    workerStarted: (port: number) =>
      logger.info({ port }, 'gateway-worker is ready: it records tasks and watches their progress'),

    requestAnswered(request: AnsweredRequest) {
      const { method, route, status, ms } = request
      requests.observe({ method, route, status: String(status) }, ms / 1000)
      logger.info(
        {
          request_id: request.requestId,
          client_request_id: request.clientRequestId,
          account: request.account,
          task_id: request.taskId,
          route: `${method} ${route}`,
          status,
          ms,
          ...(request.isCutOff && { cut_off: true }),
        },
        'request',
      )
    },

    requestFailed(requestId: string, error: unknown) {
      unexpected.inc()
      logger.error({ request_id: requestId, err: error }, 'request failed unexpectedly')
    },

    serviceUnavailable: (requestId: string, error: unknown) =>
      logger.warn({ request_id: requestId, err: error }, 'request could not be served'),

    admissionAnswered({ taskId, requestId }: TaskOrder, admission: Admission, ms: number) {
      const outcome = admission.admitted ? 'admitted' : admission.error.code
      admissions.observe({ outcome }, ms / 1000)
      const line = { request_id: requestId, task_id: taskId, outcome, ms: Math.round(ms) }
      logger.info(line, 'admission')
    },

    startFailed({ taskId, requestId }: TaskOrder, { outcome, error }: StartFailure, ms: number) {
      admissions.observe({ outcome }, ms / 1000)
      if (outcome === 'bug') unexpected.inc()
      const level = outcome === 'bug' ? 'error' : 'warn'
      const line = { request_id: requestId, task_id: taskId, outcome, err: error.cause }
      logger[level](line, 'start failed')
    },

    abandonFailed: (taskId: TaskId, error: unknown) =>
      logger.warn({ task_id: taskId, err: error }, 'run of a failed start was not canceled'),

    ordersSwept: (count: number) =>
      logger.info({ orders: count }, 'orders of abandoned starts were removed'),

    sweepFailed: (error: unknown) =>
      logger.warn({ err: error }, 'orders of abandoned starts could not be looked for'),

    orderLeft: (taskId: TaskId, error: unknown) =>
      logger.warn({ task_id: taskId, err: error }, 'order of a refused task was not removed'),

    taskRecorded({ taskId, status }: RecordTaskInput, isTaken: boolean) {
      records.inc({ status, taken: String(isTaken) })
      logger.info({ task_id: taskId, status, taken: isTaken }, 'task recorded')
    },

    receiptStale: (taskId: TaskId, error: unknown) =>
      logger.warn({ task_id: taskId, err: error }, 'receipt of a reversed task was not refreshed'),

    recordWithoutOrder: ({ taskId, status }: RecordTaskInput) =>
      logger.warn({ task_id: taskId, status }, 'task has no order: there is nobody to show it to'),

    watchFailed: (error: unknown, taskId?: TaskId) =>
      logger.warn({ task_id: taskId, err: error }, 'progress could not be read'),

    keyCreated: (keyId: string, customer: string, livemode: boolean) =>
      logger.info({ key_id: keyId, customer, livemode }, 'API key created'),

    keyRevoked: (keyId: string) => logger.info({ key_id: keyId }, 'API key revoked'),

    operatorActed({ action, target, actor, reason, requestId }: Act, outcome: string) {
      actions.inc({ action, outcome })
      const line = { request_id: requestId, action, target, actor, reason, outcome }
      logger.info(line, 'operator acted')
    },

    auditLeft: (id: bigint, outcome: string, error: unknown) =>
      logger.error({ audit_id: String(id), outcome, err: error }, 'end of an action was not noted'),
  }
}
