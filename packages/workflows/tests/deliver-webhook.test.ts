import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { WithStartWorkflowOperation } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import { QUEUES, SEARCH_ATTRIBUTES } from '../src/activities.ts'
import type { AttemptInput, AttemptResult, WebhookJob } from '../src/activities.ts'
import type { deliverWebhook } from '../src/index.ts'
import { replayUpdate } from '../src/messages.ts'
import { keepHistory, until } from './job-bench.ts'

const codePath = fileURLToPath(new URL('../bundle/workflows.js', import.meta.url))

/** What a receiver does at each attempt, by delivery. */
const receivers = new Map<string, (input: AttemptInput) => Promise<AttemptResult>>()
const givenUp: string[] = []
let temporal: TestTemporal
const parts = new AsyncDisposableStack()

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  temporal = parts.use(await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name)))
  const connection = await NativeConnection.connect({ address: temporal.address })
  parts.defer(() => connection.close())
  const common = { connection, namespace: temporal.namespace }
  const attemptDelivery = (input: AttemptInput) => {
    const receive = receivers.get(input.deliveryId)
    if (!receive) throw new Error(`Nobody receives ${input.deliveryId}`)
    return receive(input)
  }
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: QUEUES.orchestrator, workflowBundle: { codePath } }),
    Worker.create({
      ...common,
      taskQueue: QUEUES.gateway,
      activities: { attemptDelivery, giveUpDelivery: async (id: string) => void givenUp.push(id) },
    }),
  ])
  const running = workers.map((worker) => worker.run())
  parts.defer(async () => {
    for (const worker of workers) worker.shutdown()
    await Promise.all(running)
  })
})
afterAll(() => parts.disposeAsync())

const delivered: AttemptResult = { outcome: 'delivered', answer: 'HTTP 204', waitMs: null }
const gone: AttemptResult = { outcome: 'gone', answer: 'HTTP 410', waitMs: null }
const waitOf = ({ ifItFails }: AttemptInput) =>
  typeof ifItFails === 'string' ? null : ifItFails.waitMs
const refused = (input: AttemptInput): AttemptResult => ({
  outcome: 'failed',
  answer: 'HTTP 503',
  waitMs: waitOf(input),
})

/** A delivery whose receiver answers as told; `seen` is what it was asked. */
function delivery(
  given: Partial<WebhookJob>,
  receive: (input: AttemptInput) => AttemptResult | Promise<AttemptResult>,
) {
  const deliveryId = `whd_${randomUUID().replaceAll('-', '')}`
  const seen: AttemptInput[] = []
  receivers.set(deliveryId, async (input) => {
    seen.push(input)
    return await receive(input)
  })
  const job: WebhookJob = {
    deliveryId,
    type: 'task.completed',
    taskId: 'task_0123456789abcdef',
    host: 'hooks.example.com',
    attemptsBefore: 0,
    gapsMs: [20, 30],
    ...given,
  }
  const options = {
    workflowId: deliveryId,
    taskQueue: QUEUES.orchestrator,
    args: [job] as [WebhookJob],
  }
  const start = () =>
    temporal.client.workflow.start<typeof deliverWebhook>('deliverWebhook', options)
  const replay = () =>
    temporal.client.workflow.executeUpdateWithStart(replayUpdate, {
      startWorkflowOperation: new WithStartWorkflowOperation<typeof deliverWebhook>(
        'deliverWebhook',
        {
          ...options,
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        },
      ),
    })
  const handle = temporal.client.workflow.getHandle<typeof deliverWebhook>(deliveryId)
  return { deliveryId, seen, start, replay, result: () => handle.result(), handle }
}

const numbersOf = (seen: readonly AttemptInput[]) => seen.map(({ number }) => number)

test('attempts go on until one is taken, with jittered gaps', async () => {
  const { seen, start, result, handle } = delivery({ gapsMs: [1_000, 40, 50] }, (input) =>
    input.number === 3 ? delivered : refused(input),
  )
  const since = Date.now()
  await start()
  expect(await result()).toEqual({
    outcome: 'delivered',
    attempts: 3,
    answer: 'HTTP 204',
  })
  expect(Date.now() - since).toBeGreaterThan(850)
  expect(numbersOf(seen)).toEqual([1, 2, 3])
  const [first = 0, second = 0] = seen.map(waitOf)
  expect(first).toBeGreaterThanOrEqual(850)
  expect(first).toBeLessThanOrEqual(1_150)
  expect(second).toBeLessThanOrEqual(46)
  await keepHistory(handle, 'webhook-delivered')
})

test('the wait that the receiver asked for counts', async () => {
  const { seen, start, result } = delivery({}, (input) =>
    input.number === 1 ? { ...refused(input), waitMs: 700 } : delivered,
  )
  const since = Date.now()
  await start()
  expect(await result()).toMatchObject({ outcome: 'delivered', attempts: 2 })
  expect(Date.now() - since).toBeGreaterThan(700)
  expect(numbersOf(seen)).toEqual([1, 2])
})

test('gives up after the last gap, as a completed run', async () => {
  const { seen, start, result } = delivery({}, refused)
  await start()
  expect(await result()).toEqual({ outcome: 'failed', attempts: 3, answer: 'HTTP 503' })
  expect(seen.map(({ ifItFails }) => typeof ifItFails)).toEqual(['object', 'object', 'string'])
})

test('a receiver that wants no more ends it', async () => {
  const { seen, start, result } = delivery({}, () => gone)
  await start()
  expect(await result()).toEqual({ outcome: 'gone', attempts: 1, answer: 'HTTP 410' })
  expect(seen).toHaveLength(1)
})

test('a fault of ours is tried again under the same number', async () => {
  let faults = 0
  const { seen, start, result } = delivery({}, () => {
    if ((faults += 1) < 2) throw new Error('the database is down')
    return delivered
  })
  await start()
  expect(await result()).toMatchObject({ outcome: 'delivered', attempts: 1 })
  expect(numbersOf(seen)).toEqual([1, 1])
})

test('a replay that is taken ends the plan', async () => {
  const { seen, start, replay, result, handle } = delivery({ gapsMs: [3_600_000] }, (input) =>
    input.number === 1 ? refused(input) : delivered,
  )
  await start()
  await until(
    async () => (await handle.describe()).raw.pendingActivities?.length === 0 && seen.length === 1,
  )
  expect(await replay()).toBe('attempt 2: HTTP 204')
  expect(await result()).toEqual({ outcome: 'delivered', attempts: 2, answer: 'HTTP 204' })
  expect(seen[1]?.ifItFails).toBe('keep_plan')
  await keepHistory(handle, 'webhook-replayed')
})

test('a replay that fails leaves the plan as it was, and numbers go on', async () => {
  const { seen, start, replay, result } = delivery({ gapsMs: [2_500] }, refused)
  await start()
  await until(async () => seen.length === 1)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await replay()).toBe('attempt 2: HTTP 503')
  expect(await result()).toEqual({ outcome: 'failed', attempts: 3, answer: 'HTTP 503' })
  expect(numbersOf(seen)).toEqual([1, 2, 3])
  expect(seen.map(({ ifItFails }) => ifItFails).slice(1)).toEqual(['keep_plan', 'give_up'])
})

test('a replay of a closed delivery is one attempt of a new run', async () => {
  const { seen, replay, result } = delivery({ attemptsBefore: 10, gapsMs: [] }, refused)
  expect(await replay()).toBe('attempt 11: HTTP 503')
  expect(await result()).toEqual({ outcome: 'failed', attempts: 11, answer: 'HTTP 503' })
  expect(numbersOf(seen)).toEqual([11])
})

test('replays during an attempt share it', async () => {
  let answer: (result: AttemptResult) => void = () => {}
  const { seen, start, replay } = delivery({}, () => new Promise((resolve) => (answer = resolve)))
  await start()
  await until(async () => seen.length === 1)
  const replays = [replay(), replay()]
  await new Promise((resolve) => setTimeout(resolve, 500))
  answer(delivered)
  expect(await Promise.all(replays)).toEqual(['attempt 1: HTTP 204', 'attempt 1: HTTP 204'])
  expect(seen).toHaveLength(1)
})

test('a run that is canceled between two attempts is given up, and ends as canceled', async () => {
  const { deliveryId, seen, start, result, handle } = delivery({ gapsMs: [3_600_000] }, refused)
  await start()
  await until(
    async () => (await handle.describe()).raw.pendingActivities?.length === 0 && seen.length === 1,
  )
  await handle.cancel()
  await expect(result()).rejects.toThrow('Workflow execution cancelled')
  expect((await handle.describe()).status.name).toBe('CANCELLED')
  expect(givenUp).toEqual([deliveryId])
  await keepHistory(handle, 'webhook-canceled')
})
