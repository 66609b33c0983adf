import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { AccountId, TaskId, Timeline } from '@upscale/types'
import { insertOrder } from './insert-order.ts'
import { recordTask } from '../src/tasks/record-task.ts'
import { media, upscaleOutput } from './job-facts.ts'
import { BECAUSE, testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'

const ACCOUNT = 'acme:live' as AccountId
let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
  gateway.billing.open(ACCOUNT, 50)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const NONE = 'task_0000000000000000'
let orders = 0

async function ordered(): Promise<TaskId> {
  const taskId = `task_${String((orders += 1)).padStart(24, '0')}` as TaskId
  await insertOrder(gateway.ctx.db, {
    taskId,
    accountId: ACCOUNT,
    livemode: true,
    requestId: 'req_1',
    model: 'topaz-video-upscale',
    videoUrl: 'https://a.example/a.mp4',
    upscaleFactor: '2',
    metadata: {},
    createdAt: new Date(),
  })
  return taskId
}

/** Delivered, and the ledger knows nothing of it. */
async function delivered(): Promise<TaskId> {
  const taskId = await ordered()
  const row = { taskId, accountId: ACCOUNT }
  await using worker = gateway.workerContext()
  await recordTask(worker, { ...row, at: 1, status: 'pending', media })
  await recordTask(worker, { ...row, at: 2, status: 'completed', output: upscaleOutput })
  return taskId
}

const adjust = (account: string, taskId?: string) =>
  gateway.operate(`/billing/accounts/${account}/adjustments`, {
    key: 'fix_1',
    delta: -48,
    ...(taskId && { taskId }),
    ...BECAUSE,
  })
const accept = (subject: string) =>
  gateway.operate('/billing/books/accept', { check: 'delivered_unpaid', subject, ...BECAUSE })
const nextOf = async (taskId: TaskId) =>
  ((await gateway.operate(`/tasks/${taskId}/timeline`)).body as unknown as Timeline).next

test('an adjustment may name a task that the ledger has lost', async () => {
  const taskId = await ordered()
  for (const named of [taskId, undefined]) {
    gateway.billing.answerNext(200, { replay: false, balance: 2 })
    expect(await adjust(ACCOUNT, named)).toEqual({
      status: 200,
      body: { replay: false, balance: 2 },
    })
  }
})

test('an adjustment for a task that is not of this account is refused before billing hears of it', async () => {
  const taskId = await ordered()
  for (const [account, named, says] of [
    [ACCOUNT, NONE, `There is no task ${NONE}: it was never created`],
    ['other:live', taskId, `Task ${taskId} is one of acme:live: adjust that account`],
  ] as const) {
    const before = gateway.billing.changes.length
    const message = expect.stringContaining(says)
    expect(await adjust(account, named)).toMatchObject({
      status: 404,
      body: { error: { code: 'TASK_NOT_FOUND', param: 'taskId', message } },
    })
    expect(gateway.billing.changes).toHaveLength(before)
    const [noted] = await gateway.auditOf(account)
    expect(noted).toMatchObject({ action: 'adjust', outcome: 'refused', detail: message })
  }
})

test('an accepted finding is noted under its task, and there is nothing left to do', async () => {
  const taskId = await delivered()
  expect(await nextOf(taskId)).toBe(
    'Delivered, but nobody paid: `books accept` lets it be, `adjust --task` takes the credits.',
  )
  const message = 'No such finding stands'
  const refusal = { code: 'NOT_FOUND', key: 'finding_not_found', message, param: 'subject' }
  gateway.billing.answerNext(404, refusal)
  expect(await accept(taskId)).toMatchObject({ status: 404, body: { error: refusal } })
  expect(await nextOf(taskId)).toMatch(/^Delivered, but nobody paid/)

  expect(await accept(taskId)).toEqual({ status: 204, body: {} })
  const body = { check: 'delivered_unpaid', subject: taskId, ...BECAUSE }
  expect(gateway.billing.changes.at(-1)).toEqual({ method: 'POST', url: '/books/accept', body })
  const asked = `check delivered_unpaid, subject ${taskId}`
  expect(await gateway.auditOf(taskId)).toMatchObject([
    { action: 'accept finding', ...BECAUSE, outcome: 'done', detail: `${asked}: done` },
    { action: 'accept finding', outcome: 'refused', detail: `${asked}: ${message}` },
  ])
  expect(await nextOf(taskId)).toBe('Delivered unpaid, and an operator let it be: nothing to do.')
})
