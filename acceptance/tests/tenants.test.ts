import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Answer, Customer } from '../src/customer.ts'

interface Operation {
  security?: object[]
}
const cast = await openCast({ name: 'owner', plan: 'pro_monthly', credits: 1_000 })
const { stack, host, operator, us, withKey, fetch } = cast
const { paths, security = [] } = (await (await fetch(`${stack.api}/openapi.json`)).json()) as {
  paths: Record<string, Record<string, Operation>>
  security?: object[]
}
const METHODS = ['get', 'post', 'put', 'delete']

/** Every operation that wants a key, as the document lists them. */
const ROUTES = Object.entries(paths).flatMap(([path, item]) =>
  METHODS.filter((method) => {
    const operation = item[method]
    return operation && (operation.security ?? security).length > 0
  }).map((method) => [method.toUpperCase(), path] as const),
)
const OF_AN_OBJECT = ROUTES.filter(([, path]) => path.includes('{'))
const MISSING = 'X'.repeat(24)
const PREFIX = { '/api/v1/tasks/{id}': 'task_', '/api/v1/webhooks/deliveries/{id}': 'whd_' }

let live: Record<string, string>
const stranger = await cast.open('owner-stranger')
const testing = withKey(await operator.openTestKey('owner', 'pro_monthly'))
const nobody = await cast.open('owner-nobody', 'free', 0)
const { id: revokedId, key: revokedKey } = await operator.openAccount(
  'owner-revoked',
  'pro_monthly',
  100,
)
const revoked = withKey(revokedKey)

beforeAll(async () => {
  const { url } = host.receiver(204)
  const { id } = await us.order(host.file(await clip('still.mp4')), { webhook_url: url })
  await us.watch(id, hasEnded)
  const [delivery] = (await us.webhooks.deliveries({ task_id: id })).items
  live = { task_: id, whd_: delivery?.id ?? '' }
  expect(live['whd_']).toMatch(/^whd_/)
  expect(await revoked.credits()).toBe(100)
  await operator.revokeKey(revokedId)
  await sleep(5_500) // every process knows within 5 s
})
afterAll(() => cast[Symbol.asyncDispose]())

function prefixOf(path: string): string {
  const [, prefix] = Object.entries(PREFIX).find(([start]) => path.startsWith(start)) ?? []
  if (prefix === undefined) throw new Error(`Whose id stands in ${path}?`)
  return prefix
}

/** The route with an id: of the object that is there, or of none. */
const send = (who: Customer, [method, path]: readonly [string, string], isThere: boolean) => {
  const prefix = path.includes('{') ? prefixOf(path) : ''
  const whole = path.replace(/\{\w+\}/, isThere ? (live[prefix] ?? '') : `${prefix}${MISSING}`)
  const init = { headers: { accept: 'application/json' }, ...(method === 'POST' && { body: '{}' }) }
  return who.at(method, whole, init)
}
const codeOf = ({ status, body }: Answer) => [status, body.error?.code]

test('the document has routes that want a key, and some of one object', () => {
  expect(ROUTES.length).toBeGreaterThanOrEqual(17)
  expect(OF_AN_OBJECT.length).toBeGreaterThanOrEqual(6)
})

describe.each(ROUTES)('%s %s', (method, path) => {
  const route = [method, path] as const
  test('without a key, with a revoked one, without a plan', async () => {
    expect(codeOf(await send(withKey(null), route, true))).toEqual([401, 'MISSING_AUTH_HEADER'])
    expect(codeOf(await send(revoked, route, true))).toEqual([401, 'INVALID_API_KEY'])
    expect(codeOf(await send(nobody, route, true))).toEqual([403, 'FORBIDDEN'])
  })
})

describe.each(OF_AN_OBJECT)('%s %s of somebody else', (method, path) => {
  const route = [method, path] as const
  const bodyOf = ({ body }: Answer) =>
    JSON.stringify({ ...body, error: { ...body.error, request_id: '' } })

  test('with a key of another account and of the other mode: as if there were none', async () => {
    for (const who of [stranger, testing]) {
      const foreign = await send(who, route, true)
      const missing = await send(who, route, false)
      expect(foreign.status).toBe(404)
      expect(foreign.body.error?.code).toMatch(/^(TASK|DELIVERY)_NOT_FOUND$/)
      expect(bodyOf(foreign)).toBe(bodyOf(missing))
    }
  })
})

test('unknown and revoked keys are told the same', async () => {
  const unknown = withKey('sk-0123456789abcdefghijABCDEFGHIJ012345')
  const answers = [await revoked.call('GET', '/credits'), await unknown.call('GET', '/credits')]
  const [first, second] = answers.map(({ body }) => ({
    ...body,
    error: { ...body.error, request_id: '' },
  }))
  expect(first).toEqual(second)
})

test('after all that the object is as it was', async () => {
  expect(await us.getTask(live['task_'] ?? '')).toMatchObject({ status: 'completed' })
  expect((await us.webhooks.deliveries()).items).toHaveLength(1)
  expect((await stranger.list()).items).toEqual([])
  expect((await stranger.webhooks.deliveries()).items).toEqual([])
})
