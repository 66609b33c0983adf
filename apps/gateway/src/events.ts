import { Counter, Gauge, Histogram } from '@upscale/runtime'
import type { Logger, Registry } from '@upscale/runtime'
import { placeOf } from '@upscale/safe-fetch'
import type { Admission, TaskId } from '@upscale/types'
import type { ExpiringPart, RecordTaskInput, RemovedPart } from '@upscale/workflows/activities'
import type { Act } from './operators/audit-store.ts'
import type { TaskOrder } from './orders/order-store.ts'
import type { StartFailure } from './orders/start-failure.ts'
import type { DeliveryPlan } from './webhooks/delivery-plan.ts'
import type { Attempt, Delivery } from './webhooks/delivery-store.ts'

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

/** The end of a quote's workflow, or why there is none. */
export interface AnsweredQuote {
  quoteId: string
  requestId: string
  outcome: string
  cause?: unknown
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
  const quotes = new Histogram({
    name: 'upscale_gateway_quote_seconds',
    help: 'Time that a quote waits for its workflow, by outcome',
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
  const expired = new Counter({
    name: 'upscale_gateway_expired_total',
    help: 'Rows and files whose time was over; kept: the object store did not let them go',
    labelNames: ['part', 'outcome'],
    registers,
  })
  const actions = new Counter({
    name: 'upscale_gateway_operator_actions_total',
    help: 'What operators did through the internal API',
    labelNames: ['action', 'outcome'],
    registers,
  })
  const deliveries = new Counter({
    name: 'upscale_webhook_deliveries_total',
    help: 'Attempts to deliver a webhook; "waiting": another follows, "failed": none does',
    labelNames: ['outcome'],
    registers,
  })
  const streams = new Gauge({
    name: 'upscale_sse_connections',
    help: 'Event streams that are open',
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

    quoteAnswered({ quoteId, requestId, outcome, cause }: AnsweredQuote, ms: number) {
      quotes.observe({ outcome }, ms / 1000)
      const line = { request_id: requestId, quote_id: quoteId, outcome, ms: Math.round(ms) }
      if (cause === undefined) logger.info(line, 'quote')
      else logger.warn({ ...line, err: cause }, 'quote failed')
    },

    limitUnknown: (error: unknown) =>
      logger.warn({ err: error }, 'limits of an account could not be read: the request goes on'),

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

    webhookAttempted(delivery: Delivery, attempt: Attempt, plan: DeliveryPlan) {
      const isOver = plan.outcome === 'delivered' || plan.status === 'failed'
      const outcome = plan.outcome === 'delivered' ? 'delivered' : isOver ? 'failed' : 'waiting'
      deliveries.inc({ outcome })
      const { number, statusCode, error, durationMs } = attempt
      const line = {
        task_id: delivery.taskId ?? undefined,
        delivery_id: delivery.deliveryId,
        account: delivery.accountId,
        ...placeOf(delivery.url),
        number,
        outcome,
        status: statusCode ?? undefined,
        reason: error ?? undefined,
        ms: durationMs,
      }
      logger.info(line, 'webhook attempt')
    },

    allowListUsed: (pair: string) =>
      logger.warn({ pair }, 'SAFE_FETCH_ALLOW let a connection go to a local address'),

    streamsOpen: (count: number) => streams.set(count),

    eventsFailed: (error: unknown) =>
      logger.warn({ err: error }, 'events of tasks do not arrive at the moment'),

    watchFailed: (error: unknown, taskId?: TaskId) =>
      logger.warn({ task_id: taskId, err: error }, 'progress could not be read'),

    expiredRemoved(part: ExpiringPart, { removed, kept, isDone }: RemovedPart) {
      expired.inc({ part, outcome: 'removed' }, removed)
      expired.inc({ part, outcome: 'kept' }, kept)
      const level = kept > 0 ? 'warn' : removed > 0 ? 'info' : 'debug'
      logger[level]({ part, removed, kept, done: isDone }, 'what was over was removed')
    },

    removalFailed: (part: ExpiringPart, id: string, error: unknown) =>
      logger.warn(
        { part, id, err: error },
        'what is over was not removed: the store did not do it',
      ),

    keyCreated: (keyId: string, customer: string, livemode: boolean) =>
      logger.info({ key_id: keyId, customer, livemode }, 'API key created'),

    keyTouchFailed: (keyId: string, error: unknown) =>
      logger.warn({ key_id: keyId, err: error }, 'last use of an API key was not noted'),

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
