import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { activityInfo } from '@temporalio/activity'
import { createLogger } from '@upscale/runtime'
import { startActivityWorker, startWorkflowWorker } from '@upscale/runtime/worker'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import type { AccountId, AuditEntry, RefundInput, TaskId } from '@upscale/types'
import {
  CONFIRMED_WINDOW_MS,
  QUEUES,
  RECONCILE_INPUT,
  RECONCILE_SCHEDULE,
  SEARCH_ATTRIBUTES,
} from '@upscale/workflows/activities'
import type { BooksActivities, ChargeFacts } from '@upscale/workflows/activities'
import type { WorkerContext } from '../src/context.ts'
import { askTemporal } from '../src/operators/ask-temporal.ts'
import { startWorker } from '../src/start-worker.ts'
import { NO_FINDINGS } from './test-billing.ts'
import { BECAUSE, testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'

const logger = createLogger('test', 'silent')
const bundlePath = createRequire(import.meta.url).resolve('@upscale/workflows/bundle')

let temporal: TestTemporal
let gateway: TestGateway
let workerCtx: WorkerContext
const parts = new AsyncDisposableStack()
const refunds: RefundInput[] = []
let open: ChargeFacts[] = []
let lastPass = ''

beforeAll(async () => {
  temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  gateway = await testGateway(temporal)
  workerCtx = gateway.workerContext()
  const where = gateway.workerConfig.temporal
  parts.use(await startWorker(workerCtx, gateway.workerConfig))
  const activities = {
    ...quietBooks,
    async refund(input: RefundInput) {
      refunds.push(input)
      return { state: 'refunded', givenBack: 1 } as const
    },
  }
  parts.use(
    await startActivityWorker({
      temporal: where,
      taskQueue: QUEUES.billing,
      activities,
      logger,
    }),
  )
  const taskQueue = QUEUES.orchestrator
  parts.use(await startWorkflowWorker({ temporal: where, taskQueue, bundlePath, logger }))
}, 60_000)
afterAll(async () => {
  await parts.disposeAsync()
  await workerCtx[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

/** A ledger in which nothing is wrong but the open charges of the test. */
const quietBooks: BooksActivities = {
  proveBooks: async () => [],
  auditBooks: async () => [],
  listOpenCharges: async () => ({ items: open, next: null }),
  listSettledCharges: async () => ({ items: [], next: null }),
  findUnpaid: async () => [],
  readCharges: async () => [],
  reverse: async () => ({ state: 'reversed', givenBack: 0 }),
  async readFindings() {
    lastPass = activityInfo().workflowExecution?.workflowId ?? ''
    return []
  },
  reportFindings: async () => undefined,
}

const reconcile = (more: object = {}) => gateway.operate('/reconcile', { ...BECAUSE, ...more })

async function lastEntry(): Promise<Partial<AuditEntry> | undefined> {
  const { body } = await gateway.operate(`/audit?target=${RECONCILE_SCHEDULE}&limit=1`)
  return (body['items'] as AuditEntry[])[0]
}

test('without the schedule there is nothing to run', async () => {
  const message =
    'Temporal has no schedule reconcile-billing: restart the orchestrator, which makes it'
  expect(await reconcile()).toMatchObject({
    status: 409,
    body: { error: { code: 'ACTION_REFUSED', key: 'no_schedule', message } },
  })
  expect(await lastEntry()).toMatchObject({
    action: 'reconcile',
    ...BECAUSE,
    outcome: 'refused',
    detail: message,
  })
})

test('a pass runs with the input of the schedule, and lost jobs wait for the word of an operator', async () => {
  await temporal.client.schedule.create({
    scheduleId: RECONCILE_SCHEDULE,
    spec: { intervals: [{ every: '1 day' }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'reconcileBilling',
      taskQueue: QUEUES.orchestrator,
      args: [{ ...RECONCILE_INPUT, windowMs: 77 }],
    },
    state: { paused: true },
  })
  expect(await reconcile()).toEqual({ status: 200, body: NO_FINDINGS })
  expect(lastPass).toMatch(/^reconcile-billing-now-[0-9A-Za-z]{8}$/)
  const pass = await temporal.client.workflow.getHandle(lastPass).describe()
  expect(await pass.staticSummary()).toBe('by an operator')
  expect(JSON.stringify(await inputOf(lastPass))).toBe(
    JSON.stringify({ ...RECONCILE_INPUT, windowMs: 77 }),
  )
  expect(await lastEntry()).toMatchObject({ outcome: 'done', detail: 'no findings' })

  open = Array.from({ length: 25 }, (_, n) => ({
    taskId: `task_${String(n).padStart(24, '0')}` as TaskId,
    generation: 1,
    accountId: 'acme:live' as AccountId,
    state: 'debited',
  }))
  expect(await reconcile()).toEqual({ status: 200, body: NO_FINDINGS })
  expect(refunds).toEqual([])
  const passBefore = lastPass
  const would =
    'a pass would compare money and jobs, and give back what ended jobs left charged, ' +
    'also the many open charges whose workflow is gone and the settled ones without a delivered task'
  expect(await reconcile({ confirmLost: true, dryRun: true })).toEqual({
    status: 200,
    body: { dryRun: true, outcome: would },
  })
  expect([refunds, lastPass]).toEqual([[], passBefore])
  expect(await reconcile({ confirmLost: true })).toMatchObject({ status: 200 })
  expect(refunds).toHaveLength(25)
  const windowMs = CONFIRMED_WINDOW_MS // settled ones have left the window of the schedule
  expect(await inputOf(lastPass)).toEqual({ ...RECONCILE_INPUT, windowMs, confirmLost: true })
  expect(await lastEntry()).toMatchObject({
    outcome: 'done',
    detail: 'lost jobs confirmed: no findings',
  })
}, 30_000)

async function inputOf(workflowId: string): Promise<unknown> {
  const { events } = await temporal.client.workflow.getHandle(workflowId).fetchHistory()
  const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? []
  return JSON.parse(Buffer.from(payload?.data ?? []).toString())
}

test('what does not end in time is no answer, and not taken for one', async () => {
  const start = { workflowId: 'endless', taskQueue: 'nobody' }
  const run = await gateway.ctx.temporal.client.workflow.start('endless', start)
  const asked = askTemporal(gateway.ctx, () => run.result(), 500)
  await expect(asked).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
  await run.terminate()
})
