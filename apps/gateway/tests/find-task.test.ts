import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { AccountId, TaskId } from '@upscale/types'
import { recordTask } from '../src/tasks/record-task.ts'
import { insertOrder } from './insert-order.ts'
import { media, price } from './job-facts.ts'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'

const OWNERS = ['acme:live', 'acme:test', 'globex:live'].map((accountId) => ({
  accountId: accountId as AccountId,
  livemode: accountId.endsWith(':live'),
}))
const TASKS = 40 // more than one query has places for

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

test('who asks at the same moment gets his own task each, and nothing of others', async () => {
  const worker = gateway.workerContext()
  const owned: { taskId: TaskId; owner: (typeof OWNERS)[number] }[] = []
  for (let n = 0; n < TASKS; n += 1) {
    const taskId = `task_${String(n).padStart(24, '0')}` as TaskId
    const owner = OWNERS[n % OWNERS.length]
    if (!owner) throw new Error('nobody')
    const model = 'topaz-video-upscale'
    const order = { taskId, ...owner, requestId: `req_${n}`, model, metadata: {} } as const
    const createdAt = new Date(1_000 * n)
    const videoUrl = 'https://a.example/'
    await insertOrder(gateway.ctx.db, { ...order, videoUrl, upscaleFactor: '2', createdAt })
    owned.push({ taskId, owner })
  }
  const [first] = owned
  if (!first) throw new Error('no task')
  const { accountId } = first.owner
  const queued = { status: 'pending', stage: 'queued', at: 2_000 } as const
  await recordTask(worker, { taskId: first.taskId, accountId, ...queued, media, price })
  await worker[Symbol.asyncDispose]()

  const asked = owned.flatMap((task) => OWNERS.map((by) => ({ ...task, by })))
  const found = await Promise.all(asked.map(({ by, taskId }) => gateway.ctx.findTask(by, taskId)))

  expect(found.map((task) => task && idOf(task))).toEqual(
    asked.map(({ by, owner, taskId }) => (by === owner ? taskId : undefined)),
  )
  expect(found[0]).toMatchObject({
    isRecorded: true,
    task: { status: 'pending', queuePosition: 1 },
  })
  expect(found[4]).toMatchObject({
    isRecorded: false,
    order: { requestId: 'req_1' },
    queuePosition: 2,
  })
})

type Found = NonNullable<Awaited<ReturnType<TestGateway['ctx']['findTask']>>>

const idOf = (found: Found): TaskId => (found.isRecorded ? found.task.taskId : found.order.taskId)
