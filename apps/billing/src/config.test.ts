import { expect, test } from '@jest/globals'
import { readConfig } from './config.ts'

const ENV = {
  BILLING_DATABASE_URL: 'postgres://billing_app:p%40ss@db/upscale',
  BILLING_PORT: '4002',
  BILLING_SECRET: 'secret',
  TEMPORAL_ADDRESS: 'temporal:7233',
}

test('settings are grouped, with what is usual where nothing is said', () => {
  expect(readConfig(ENV)).toEqual({
    db: {
      url: ENV.BILLING_DATABASE_URL,
      poolMax: 10,
      statementTimeoutMs: 1500,
      lockTimeoutMs: 1000,
      idleInTransactionTimeoutMs: 5000,
    },
    temporal: { address: 'temporal:7233', namespace: 'default' },
    http: { listen: { host: '127.0.0.1', port: 4002 }, secret: 'secret' },
    logLevel: 'info',
  })
})

test.each(Object.keys(ENV))('without %s it does not start', (name) => {
  expect(() => readConfig({ ...ENV, [name]: '' })).toThrow(`${name} is not set`)
})
