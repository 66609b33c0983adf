import { expect, test } from '@jest/globals'
import type { StateFolder } from '../state-folder.ts'
import { portsOf } from '../ports.ts'
import { billingApp, gatewayApps, mediaProbeApp, planStack, upscaleWorkerApp } from './apps.ts'
import { appEnvironment } from './app-service.ts'

const secrets = {
  billingSecret: 'billing-secret',
  gatewaySecret: 'gateway-secret',
  apiKeyPepper: 'pepper',
  sourceKeys: 'k1:key',
  webhookKeys: 'k1:webhook-key',
}
const state = { objects: '/s/objects', work: '/s/work' } as StateFolder
const given = { ports: portsOf(4000), secrets, state }
const temporal = { address: '127.0.0.1:4009', namespace: 'default' }
const ADMIN = 'postgres://postgres:admin-password@127.0.0.1:4008/upscale'

test('each app connects as the role of its own schema, never with what the administrator has', () => {
  const plan = planStack(given, {})
  const billing = billingApp(plan, temporal, ADMIN).env['BILLING_DATABASE_URL'] ?? ''
  const gateway = gatewayApps(plan, temporal, ADMIN).worker.env['GATEWAY_DATABASE_URL'] ?? ''
  expect(new URL(billing)).toMatchObject({ username: 'billing_app', host: '127.0.0.1:4008' })
  expect(new URL(gateway)).toMatchObject({ username: 'gateway_app', pathname: '/upscale' })
  expect(new URL(billing).password).not.toBe(new URL(gateway).password)
  expect(billing + gateway).not.toContain('admin-password')
})

test('an administrator without a password is a sentence, since no app password can be made', () => {
  expect(() => billingApp(planStack(given, {}), temporal, 'postgres://me@db/upscale')).toThrow(
    /^DATABASE_URL needs the administrator's password/,
  )
})

test('every gateway has ports of its own, and all else in common', () => {
  const two = planStack({ ...given, ports: portsOf(4000, 2) }, {})
  const [first, second] = gatewayApps(two, temporal, ADMIN).http
  expect(first).toMatchObject({ name: 'gateway', healthPort: 4001 })
  expect(second).toMatchObject({
    name: 'gateway-2',
    healthPort: 4012,
    url: 'http://127.0.0.1:4011',
  })
  expect(second?.env).toEqual({
    ...first?.env,
    GATEWAY_PORT: '4011',
    GATEWAY_INTERNAL_PORT: '4012',
  })
  expect(first?.env).toMatchObject({ GATEWAY_PORT: '4000', GATEWAY_INTERNAL_PORT: '4001' })
})

test('exactly the sample server is added to what customers may name', () => {
  expect(planStack(given, {}).safeFetchAllow).toBe('127.0.0.1:4007')
  const allowed = planStack(given, { SAFE_FETCH_ALLOW: '127.0.0.1:9000' })
  expect(mediaProbeApp(allowed, temporal).env['SAFE_FETCH_ALLOW']).toBe(
    '127.0.0.1:9000,127.0.0.1:4007',
  )
})

test('a folder of results may have any name', () => {
  const odd = { ...given, state: { ...state, objects: '/s/50% #1?/objects' } }
  expect(planStack(odd, {}).objectStore).toBe('file:///s/50%25%20%231%3F/objects')
})

test('only who needs a secret gets it', () => {
  const plan = planStack(given, {})
  const worker = JSON.stringify(upscaleWorkerApp(plan, temporal).env)
  const probe = JSON.stringify(mediaProbeApp(plan, temporal).env)
  for (const secret of ['billing-secret', 'gateway-secret', 'pepper', 'webhook-key'])
    expect(worker + probe).not.toContain(secret)
})

test("a person's settings reach the apps; the administrator's URL and another address to listen on do not", () => {
  const env = { UPSCALE_SLOTS: '2', DATABASE_URL: ADMIN, HOST: '0.0.0.0' }
  expect(appEnvironment(env)).toEqual({ UPSCALE_SLOTS: '2' })
})
