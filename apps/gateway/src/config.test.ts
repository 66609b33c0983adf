import { expect, test } from '@jest/globals'
import { readWorkerConfig } from './config.ts'

const ENV = {
  BILLING_SECRET: 'secret',
  BILLING_URL: 'http://billing:4002',
  GATEWAY_DATABASE_URL: 'postgres://gateway_app:p%40ss@db/upscale',
  GATEWAY_WORKER_INTERNAL_PORT: '4003',
  OBJECT_STORE: 'file:///var/lib/upscale',
  PUBLIC_URL: 'https://api.example',
  TEMPORAL_ADDRESS: 'temporal:7233',
  WEBHOOK_KEYS: `w:${'A'.repeat(43)}=`,
}
const gapsOf = (more = {}) => readWorkerConfig({ ...ENV, ...more }).webhooks.gapsMs

test('a webhook has ten attempts: after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h', () => {
  expect(gapsOf()).toEqual([
    5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000,
    86_400_000,
  ])
  expect(gapsOf({ WEBHOOK_GAPS_MS: '200,400' })).toEqual([200, 400])
})

test.each(Object.keys(ENV))('without %s it does not start', (name) => {
  expect(() => readWorkerConfig({ ...ENV, [name]: '' })).toThrow(`${name} is not set`)
})
