import { expect, test } from '@jest/globals'
import type { AccountId } from '@upscale/types'
import type { Delivery } from './delivery-store.ts'
import { webhookBody } from './webhook-body.ts'
import { WEBHOOK_BODIES } from './webhook-schema.ts'
import { WEBHOOK_TYPES } from './webhook-type.ts'

const NOW = new Date('2026-02-14T12:01:30.000Z')
const delivery: Omit<Delivery, 'type'> = {
  deliveryId: 'whd_1',
  webhookId: 'msg_1',
  accountId: 'acme:test' as AccountId,
  livemode: false,
  taskId: null,
  url: 'https://example.com/',
  body: null,
  status: 'pending',
  nextAttemptAt: NOW,
  createdAt: NOW,
}
const ctx = {
  findTask: () => Promise.reject(new Error('a sample is in no table')),
  publicUrl: 'https://api.example.com',
  now: () => NOW,
}

test.each(WEBHOOK_TYPES)(
  'the sample of %s is a body as the document describes it',
  async (type) => {
    const body: unknown = JSON.parse((await webhookBody(ctx, { ...delivery, type })) ?? '')
    expect(WEBHOOK_BODIES[type].parse(body)).toEqual(body) // nothing that the schema does not know
    expect(body).toMatchObject({
      type,
      timestamp: NOW.toISOString(),
      test: true,
      data: {
        status: type.slice('task.'.length),
        livemode: false,
        completed_at: NOW.toISOString(),
      },
    })
  },
)
