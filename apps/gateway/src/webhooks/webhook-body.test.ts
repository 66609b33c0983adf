import { expect, test } from '@jest/globals'
import type { AccountId } from '@upscale/types'
import type { Delivery } from './delivery-store.ts'
import { sampleTask } from './sample-task.ts'
import { webhookBody } from './webhook-body.ts'

const ENDED = new Date('2026-02-14T12:01:30.000Z')
const delivery: Delivery = {
  deliveryId: 'whd_1',
  webhookId: 'msg_1',
  accountId: 'acme:live' as AccountId,
  livemode: true,
  taskId: 'task_SampleSampleSample000001' as NonNullable<Delivery['taskId']>,
  type: 'task.completed',
  url: 'https://example.com/',
  body: null,
  status: 'pending',
  nextAttemptAt: null,
  createdAt: ENDED,
}
const task = sampleTask(delivery)

test('the time of a message is that of the end, however late its delivery was written', async () => {
  const createdAt = new Date('2026-02-14T12:09:00.000Z')
  const ctx = {
    findTask: () => Promise.resolve({ isRecorded: true, task, isWatchDue: false } as const),
    publicUrl: 'https://api.example.com',
    now: () => createdAt,
  }
  const body: unknown = JSON.parse((await webhookBody(ctx, { ...delivery, createdAt })) ?? '')
  const at = ENDED.toISOString()
  expect(body).toMatchObject({ type: 'task.completed', timestamp: at, data: { completed_at: at } })
})
