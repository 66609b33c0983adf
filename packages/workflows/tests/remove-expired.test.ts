import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import { EXPIRING_PARTS, QUEUES, SEARCH_ATTRIBUTES } from '../src/activities.ts'
import type { ExpiringPart, RemovedPart } from '../src/activities.ts'
import type { removeExpired } from '../src/index.ts'
import { bundle } from './job-bench.ts'

const NOTHING: RemovedPart = { removed: 0, kept: 0, isDone: true }

let temporal: TestTemporal
let asked: ExpiringPart[] = []
let remove: (part: ExpiringPart) => RemovedPart
const parts = new AsyncDisposableStack()

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') }) // failures here are meant
  temporal = parts.use(await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name)))
  const connection = await NativeConnection.connect({ address: temporal.address })
  parts.defer(() => connection.close())
  const common = { connection, namespace: temporal.namespace }
  const removeExpiredPart = async (part: ExpiringPart) => {
    asked.push(part)
    return remove(part)
  }
  const workers = [
    await Worker.create({ ...common, taskQueue: QUEUES.orchestrator, workflowBundle: bundle }),
    await Worker.create({
      ...common,
      taskQueue: QUEUES.gateway,
      activities: { removeExpiredPart },
    }),
  ]
  const running = workers.map((worker) => worker.run())
  parts.defer(async () => {
    for (const worker of workers) worker.shutdown()
    await Promise.all(running)
  })
})
afterAll(() => parts.disposeAsync())

async function pass(answer: typeof remove) {
  asked = []
  remove = answer
  const handle = await temporal.client.workflow.start<typeof removeExpired>('removeExpired', {
    workflowId: `pass-${randomUUID()}`,
    taskQueue: QUEUES.orchestrator,
  })
  const result = await handle.result().catch((error: unknown) => error)
  const details = await temporal.client.workflow.getHandle(handle.workflowId).query<{
    currentDetails: string
  }>('__temporal_workflow_metadata')
  return { result, details: details.currentDetails }
}

test('a pass removes each part once and says what it removed', async () => {
  const { result, details } = await pass((part) =>
    part === 'quotes' ? { removed: 3, kept: 0, isDone: false } : NOTHING,
  )
  expect(asked).toEqual([...EXPIRING_PARTS])
  expect(result).toEqual(
    Object.fromEntries(
      EXPIRING_PARTS.map((part) => [
        part,
        part === 'quotes' ? { removed: 3, kept: 0, isDone: false } : NOTHING,
      ]),
    ),
  )
  expect(details).toBe('**Removed what was over:**\n- quotes: 3, and there is more')
})

test('a pass with nothing to do says so', async () => {
  expect((await pass(() => NOTHING)).details).toBe('**Nothing was over.**')
})

test('a part that fails stops none of the others, and the pass shows as failed', async () => {
  const { result, details } = await pass((part) => {
    if (part === 'uploads') {
      throw ApplicationFailure.create({ message: 'the database is away', nonRetryable: true })
    }
    return part === 'results' ? { removed: 5, kept: 2, isDone: true } : NOTHING
  })
  expect(asked).toEqual([...EXPIRING_PARTS])
  expect(result).toBeInstanceOf(WorkflowFailedError)
  expect((result as WorkflowFailedError).cause).toMatchObject({
    type: 'INCOMPLETE_PASS',
    message:
      'Not everything that is over could be removed: results: the store kept 2; uploads: the database is away',
  })
  expect(details).toContain('- results: 5\n- **failed** results: the store kept 2')
})

test('what failed for a moment is tried again', async () => {
  let tries = 0
  const { result } = await pass((part) => {
    if (part === 'task_events' && (tries += 1) < 3) throw new Error('a deadlock')
    return NOTHING
  })
  expect(result).toMatchObject({ task_events: NOTHING })
  expect(tries).toBe(3)
})
