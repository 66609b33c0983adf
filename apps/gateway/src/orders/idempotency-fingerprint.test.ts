import { expect, test } from '@jest/globals'
import { fingerprintOf } from './idempotency-fingerprint.ts'
import type { UpscaleOrder } from './parse-upscale-order.ts'

const TARGET = 'POST /api/v1/tools/upscale-video'
const order: UpscaleOrder = {
  videoUrl: 'https://a.example/clip.mp4',
  factor: '2',
  maxCredits: 144,
  quoteId: 'quote_abcdefghijklmnop',
  webhookUrl: 'https://a.example/hook',
  webhookEvents: ['task.completed', 'task.failed'],
  metadata: { a: '1', b: '2' },
  place: '',
}
const hex = (change: Partial<UpscaleOrder> = {}, target = TARGET) =>
  fingerprintOf(target, { ...order, ...change }).toString('hex')

test('it is the same on every machine and after every restart', () => {
  expect(hex()).toBe('b4f15ec488f4f24b77bee538cdf73151c892290fbb7584d5d90c65d42cf1d649')
})

test('order and place of the fields do not count', () => {
  expect(hex({ metadata: { b: '2', a: '1' } })).toBe(hex())
  expect(hex({ webhookEvents: ['task.failed', 'task.completed'] })).toBe(hex())
  expect(hex({ place: 'input.' })).toBe(hex())
})

test('every field, the method and the path count', () => {
  const others = [
    hex({ videoUrl: 'https://a.example/clip.mp4?' }),
    hex({ factor: '4' }),
    hex({ maxCredits: 145 }),
    hex({ maxCredits: undefined }),
    hex({ quoteId: undefined }),
    hex({ webhookUrl: undefined }),
    hex({ webhookEvents: ['task.failed'] }),
    hex({ metadata: {} }),
    hex({ metadata: { a: '1', b: '3' } }),
    hex({ metadata: { a: '1', 'b","2': '' } }),
    hex({}, 'POST /api/v1/generate'),
    hex({}, 'PUT /api/v1/tools/upscale-video'),
  ]
  expect(new Set([hex(), ...others]).size).toBe(others.length + 1)
})

test('a metadata key is no field', () => {
  const quoteId = 'quote_abcdefghijklmnop'
  expect(hex({ quoteId: undefined, metadata: { quote_id: quoteId } })).not.toBe(
    hex({ quoteId, metadata: {} }),
  )
})
