import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { request } from 'node:http'
import { sql } from 'kysely'
import { AppError } from '@upscale/types'
import type {
  AccountId,
  AuditEntry,
  KeyList,
  KeyView,
  NewKeyView,
  PostingView,
  RequestId,
  TaskId,
} from '@upscale/types'
import { createBillingClient } from '../src/billing-client.ts'
import { audited } from '../src/operators/audited.ts'
import { insertOrder } from './insert-order.ts'
import { BECAUSE, testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'
import { NO_FINDINGS } from './test-billing.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway() // no Temporal: nothing here is about a job
  await insertOrder(gateway.ctx.db, {
    taskId: adjust.taskId,
    accountId: 'acme:live' as AccountId,
    livemode: true,
    requestId: 'req_1',
    model: 'topaz-video-upscale',
    videoUrl: 'https://a.example/a.mp4',
    upscaleFactor: '2',
    metadata: {},
    createdAt: new Date(),
  })
})
afterAll(() => gateway[Symbol.asyncDispose]())

const auditOf = async (query: string) => {
  const { body } = await gateway.operate(`/audit?${query}`)
  return body as unknown as { items: AuditEntry[]; nextCursor: string | null }
}
const adjust = { key: 'fix_1', delta: -5, taskId: 'task_abcdefghijklmnop' as TaskId }
const act = (target: string) => ({ action: 'test', target, ...BECAUSE })
const requestId = 'req_audited' as RequestId
const asked = (target: string) => ({ ...act(target), requestId })
const look = async () => undefined

describe('the audit table', () => {
  test('has the row before the work begins, and its end after it', async () => {
    const { ctx } = gateway
    const seen = await audited(ctx, asked('a'), {
      look,
      work: () => gateway.auditOf('a'),
      tell: () => 'it was done',
    })
    expect(seen).toEqual([{ ...act('a'), outcome: 'begun', detail: null }])
    expect(await gateway.auditOf('a')).toEqual([
      { ...act('a'), outcome: 'done', detail: 'it was done' },
    ])
  })

  test('says by which request, and that of the answer', async () => {
    const { status, body } = await gateway.operate('/keys/key_none/revoke', BECAUSE)
    expect(status).toBe(404)
    const { items } = await auditOf('target=key_none&limit=1')
    expect(items[0]?.requestId).toMatch(/^req_[A-Za-z0-9]+$/)
    expect(items[0]?.requestId).toBe(body.error.request_id)
  })

  test('keeps what was asked for, as Postgres takes it, and what failed before anything moved', async () => {
    const failing = async () => {
      throw new Error('postgres://secret')
    }
    const entry = { ...asked('b'), asked: '5\u0000 credits\ud800, sig=hush x' }
    const steps = { look: failing, work: look, tell: String }
    await expect(audited(gateway.ctx, entry, steps)).rejects.toThrow('postgres://secret')
    expect(await gateway.auditOf('b')).toEqual([
      {
        ...act('b'),
        outcome: 'failed',
        detail: '5  credits\ufffd, sig=[secret] x: unexpected: see the log',
      },
    ])
  })

  test.each([
    ['d', new AppError('SERVICE_UNAVAILABLE', 'Try again in 5 s'), 'begun', 'Try again in 5 s'],
    ['e', new Error('postgres://secret'), 'begun', 'unexpected: see the log'],
    ['f', new AppError('NOT_FOUND', 'There is none'), 'refused', 'There is none'],
  ])('%s: what failed at work may have been done', async (target, error, outcome, detail) => {
    const work = async () => {
      throw error
    }
    await expect(audited(gateway.ctx, asked(target), { look, work, tell: String })).rejects.toBe(
      error,
    )
    expect(await gateway.auditOf(target)).toEqual([{ ...act(target), outcome, detail }])
  })

  test('is for ever: rows end once, are not changed otherwise, and stay', async () => {
    await audited(gateway.ctx, asked('c'), { look, work: async () => '', tell: String })
    const run = (text: string) => sql.raw(text).execute(gateway.ctx.db)
    await expect(run(`update gateway.operator_action set detail = 'x'`)).rejects.toThrow(
      'what an operator did stands for ever',
    )
    for (const change of [
      `update gateway.operator_action set reason = 'x'`,
      'delete from gateway.operator_action',
      'truncate gateway.operator_action',
    ])
      await expect(run(change)).rejects.toThrow('permission denied')
    expect(await gateway.auditOf('c')).toHaveLength(1)
  })

  test('is read page by page, newest first', async () => {
    for (const target of ['p1', 'p2', 'p1', 'p1'])
      await audited(gateway.ctx, asked(target), { look, work: async () => target, tell: String })
    const first = await auditOf('target=p1&limit=2')
    expect(first.items.map(({ target }) => target)).toEqual(['p1', 'p1'])
    expect(Number(first.items[0]?.id)).toBeGreaterThan(Number(first.items[1]?.id))
    expect(first.items[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const second = await auditOf(`target=p1&limit=2&cursor=${first.nextCursor}`)
    expect(second).toMatchObject({ items: [{ target: 'p1' }], nextCursor: null })
    expect((await auditOf('limit=4')).items.map(({ target }) => target)).toEqual([
      'p1',
      'p1',
      'p2',
      'p1',
    ])
  })

  test.each([
    ['limit=0', 'limit', 'limit is missing or not valid'],
    ['limit=101', 'limit', 'limit is missing or not valid'],
    ['target=%00', 'target', 'target is missing or not valid'],
    ['cursor=x', 'cursor', expect.stringContaining('cursor is not valid')],
    ['page=2', 'page', 'There is no field page here'],
  ])('refuses %s', async (query, param, message) => {
    const error = { code: 'INVALID_PARAMETER', param, message }
    expect(await gateway.operate(`/audit?${query}`)).toMatchObject({ status: 400, body: { error } })
  })
})

describe('keys', () => {
  const create = async (customerId: string): Promise<NewKeyView> => {
    gateway.billing.open(`${customerId}:live`, 7)
    const request = { customerId, name: 'first', livemode: true, ...BECAUSE }
    const { status, body } = await gateway.operate('/keys', request)
    expect(status).toBe(201)
    return body as unknown as NewKeyView
  }
  const listOf = async (customerId: string): Promise<KeyView[]> =>
    (await gateway.operate(`/keys?customerId=${customerId}`)).body['items'] as KeyView[]
  const opens = async (key: string): Promise<number> =>
    (await gateway.call('/api/v1/credits', { headers: { authorization: `Bearer ${key}` } })).status

  test('a creation is noted under its account', async () => {
    const { id, key } = await create('noted')
    expect(await gateway.auditOf('noted:live')).toEqual([
      {
        action: 'create key',
        target: 'noted:live',
        ...BECAUSE,
        outcome: 'done',
        detail: `${id}, first`,
      },
    ])
    expect(JSON.stringify(await auditOf('limit=100'))).not.toContain(key)
  })

  test('a rotation gives a new key, and the old one opens for a while yet', async () => {
    const old = await create('rotates')
    const began = Date.now()
    const answer = await gateway.operate(`/keys/${old.id}/rotate`, { graceHours: 24, ...BECAUSE })
    expect(answer.status).toBe(201)
    const fresh = answer.body as unknown as NewKeyView
    expect([await opens(old.key), await opens(fresh.key)]).toEqual([200, 200])
    const [first, second] = await listOf('rotates')
    const leftMs = Date.parse(String(first?.expiresAt)) - began
    expect(Math.abs(leftMs - 24 * 3_600_000)).toBeLessThan(10_000)
    expect(second).toMatchObject({
      id: fresh.id,
      name: 'first',
      livemode: true,
      expiresAt: null,
      revokedAt: null,
    })
    expect(await gateway.auditOf(old.id)).toEqual([
      {
        action: 'rotate key',
        target: old.id,
        ...BECAUSE,
        outcome: 'done',
        detail: `${fresh.id} follows it, and it ends in 24 h`,
      },
    ])
    // A longer time does not bring back what was to end sooner.
    await gateway.operate(`/keys/${old.id}/rotate`, { graceHours: 48, ...BECAUSE })
    expect((await listOf('rotates'))[0]?.expiresAt).toBe(first?.expiresAt)
  })

  test('a rotation without grace ends the old key at once', async () => {
    const old = await create('hurries')
    const answer = await gateway.operate(`/keys/${old.id}/rotate`, { graceHours: 0, ...BECAUSE })
    expect(answer.status).toBe(201)
    expect(await opens(old.key)).toBe(401)
    const again = await gateway.operate(`/keys/${old.id}/rotate`, { graceHours: 1, ...BECAUSE })
    expect(again).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'ACTION_REFUSED',
          key: 'key_expired',
          message: `Key ${old.id} has expired: create a new one`,
        },
      },
    })
    expect(await listOf('hurries')).toHaveLength(2)
  })

  test('a revoked key is not rotated, an unknown one neither', async () => {
    const { id } = await create('revoked')
    expect(await gateway.operate(`/keys/${id}/revoke`, BECAUSE)).toMatchObject({
      status: 200,
      body: { id, revokedAt: expect.any(String) },
    })
    expect(
      await gateway.operate(`/keys/${id}/rotate`, { graceHours: 1, ...BECAUSE }),
    ).toMatchObject({
      status: 409,
      body: {
        error: { key: 'key_revoked', message: `Key ${id} was revoked: create a new one` },
      },
    })
    expect((await gateway.auditOf(id)).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['rotate key', 'refused'],
      ['revoke key', 'done'],
    ])
    for (const request of ['/keys/key_none/revoke', '/keys/key_none/rotate', '/keys/%00/revoke']) {
      const body = request.endsWith('rotate') ? { graceHours: 1, ...BECAUSE } : BECAUSE
      expect(await gateway.operate(request, body)).toMatchObject({
        status: 404,
        body: { error: { code: 'NOT_FOUND', key: 'key_not_found' } },
      })
    }
  })

  test.each([
    ['/keys', { customerId: 'x', name: 'n', livemode: true, actor: 'ada' }, 'reason'],
    ['/keys/key_none/revoke', { reason: 'why' }, 'actor'],
    ['/keys/key_none/rotate', { graceHours: 1, reason: '', actor: 'ada' }, 'reason'],
    ['/keys/key_none/rotate', { graceHours: -1, ...BECAUSE }, 'graceHours'],
    ['/keys/key_none/rotate', { graceHours: 721, ...BECAUSE }, 'graceHours'],
    ['/keys/key_none/rotate', BECAUSE, 'graceHours'],
    ['/keys', { customerId: 'x', name: '\u200b', livemode: true, ...BECAUSE }, 'name'],
    ['/keys', { customerId: 'x', name: 'a\u0000b', livemode: true, ...BECAUSE }, 'name'],
  ])('%s refuses %j', async (path, request, param) => {
    expect(await gateway.operate(path, request)).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_PARAMETER', param } },
    })
  })
})

describe('a key', () => {
  const noCustomer = {
    status: 404,
    body: {
      error: {
        code: 'NOT_FOUND',
        key: 'customer_not_found',
        message: 'There is no such customer: ops accounts open makes it',
        param: 'customerId',
      },
    },
  }

  test('of a customer that nobody opened is neither made nor listed', async () => {
    const request = { customerId: 'nobody', name: 'n', livemode: true, ...BECAUSE }
    expect(await gateway.operate('/keys', request)).toMatchObject(noCustomer)
    expect(await gateway.operate('/keys', { ...request, dryRun: true })).toMatchObject(noCustomer)
    expect(await gateway.operate('/keys?customerId=nobody')).toMatchObject(noCustomer)
  })

  test('has a name without secrets, and lists come page by page', async () => {
    gateway.billing.open('many:live', 7)
    const name = `of sk-${'a'.repeat(36)}`
    for (let count = 0; count < 3; count += 1) {
      const request = { customerId: 'many', name, livemode: true, ...BECAUSE }
      expect((await gateway.operate('/keys', request)).status).toBe(201)
    }
    const page = async (query: string) => {
      const { body } = await gateway.operate(`/keys?customerId=many${query}`)
      return body as unknown as KeyList
    }
    const all = await page('')
    expect(all.items.map((key) => key.name)).toEqual(Array(3).fill('of sk-[secret]'))
    const first = await page('&limit=2')
    expect(first.items).toEqual(all.items.slice(0, 2))
    expect(await page(`&limit=2&cursor=${first.nextCursor}`)).toEqual({
      items: all.items.slice(2),
      nextCursor: null,
    })
    expect(await gateway.operate('/keys?customerId=many&limit=101')).toMatchObject({
      status: 400,
      body: { error: { param: 'limit', message: 'limit must be a whole number from 1 to 100' } },
    })
  })
})

describe('a dry run', () => {
  const due = '2099-01-31T00:00:00Z'
  const grant = { key: 'dry_1', credits: 5, purpose: 'pack' }
  const used: PostingView = {
    key: 'dry_2',
    accountId: 'dry:live' as AccountId,
    kind: 'grant',
    delta: 5,
    purpose: 'pack',
    taskId: null,
    createdAt: '2026-11-24T12:00:00.000Z',
  }
  const GRANTS = '/billing/accounts/dry:live/grants'
  const ADJUST = '/billing/accounts/dry:live/adjustments'
  beforeAll(() => {
    gateway.billing.open('dry:live', 7)
    gateway.billing.book(used)
  })
  const isQuiet = async (ask: () => Promise<unknown>) => {
    const before = [gateway.billing.changes.length, await auditOf('limit=1')]
    await ask()
    expect([gateway.billing.changes.length, await auditOf('limit=1')]).toEqual(before)
  }

  test.each([
    [GRANTS, grant, '5 credits would be granted to dry:live; its balance would be 12'],
    [
      GRANTS,
      { ...grant, key: 'dry_2' },
      'nothing would move: dry_2 was booked before with the same data',
    ],
    [
      ADJUST,
      { key: 'dry_1', delta: -7 },
      'dry:live would be corrected by -7; its balance would be 0',
    ],
    [
      '/accounts',
      { customerId: 'fresh', plan: 'free' },
      'customer fresh would be opened on plan free, live and for tests',
    ],
    [
      '/accounts',
      { customerId: 'dry', plan: 'pro_yearly' },
      'customer dry exists already on plan pro_yearly: nothing would change',
    ],
    [
      '/billing/customers/dry/plan',
      { plan: 'free' },
      'customer dry would change from plan pro_yearly to free',
    ],
    [
      '/billing/rates',
      { factor: '4', creditsPerSecond: 30, validFrom: due },
      `factor 4 would cost 30 credits a second from ${due} on`,
    ],
    [
      '/billing/books/accept',
      { check: 'delivered_unpaid', subject: 'task_a' },
      'the last pass found no delivered_unpaid of task_a: where there is one, it would be let be',
    ],
    [
      '/keys',
      { customerId: 'dry', name: 'n', livemode: true },
      'a key n of dry:live would be made',
    ],
  ])('of %s with %j', async (path, request, outcome) => {
    await isQuiet(async () => {
      const answer = await gateway.operate(path, { ...request, ...BECAUSE, dryRun: true })
      expect(answer).toEqual({ status: 200, body: { dryRun: true, outcome } })
    })
  })

  test.each([
    ['/billing/accounts/nobody:live/grants', grant, 404, 'account_not_found'],
    [GRANTS, { ...grant, key: 'dry_2', credits: 6 }, 409, 'key_reused'],
    [GRANTS, { ...grant, credits: 0 }, 400, 'invalid_parameter'],
    [GRANTS, { ...grant, purpose: 'fun' }, 400, 'invalid_parameter'],
    ['/accounts', { customerId: 'dry', plan: 'gold' }, 400, 'invalid_parameter'],
    [ADJUST, { key: 'dry_1', delta: -8 }, 409, 'balance_too_small'],
    ['/accounts', { customerId: 'dry', plan: 'free' }, 409, 'customer_exists'],
    ['/billing/customers/nobody/plan', { plan: 'free' }, 404, 'customer_not_found'],
    [
      '/billing/rates',
      { factor: '4', creditsPerSecond: 30, validFrom: '2020-01-01T00:00:00Z' },
      400,
      'invalid_parameter',
    ],
    ['/keys/key_none/rotate', { graceHours: 1 }, 404, 'key_not_found'],
    ['/keys/key_none/revoke', {}, 404, 'key_not_found'],
    ['/billing/rates', { factor: '4', dryRun: 'yes' }, 400, 'invalid_parameter'],
  ])('of %s with %j is refused', async (path, request, status, key) => {
    await isQuiet(async () => {
      const answer = await gateway.operate(path, { dryRun: true, ...request, ...BECAUSE })
      expect(answer).toMatchObject({ status, body: { error: { key } } })
    })
  })

  test('of a rotation and a revocation', async () => {
    const request = { customerId: 'dry', name: 'n', livemode: true, ...BECAUSE }
    const { id } = (await gateway.operate('/keys', request)).body as unknown as NewKeyView
    const { items } = (await gateway.operate('/keys?customerId=dry')).body as unknown as KeyList
    const dry = { ...BECAUSE, dryRun: true }
    await isQuiet(async () => {
      expect(await gateway.operate(`/keys/${id}/rotate`, { ...dry, graceHours: 2 })).toEqual({
        status: 200,
        body: { dryRun: true, outcome: `a new key would follow ${id}, which would end in 2 h` },
      })
      expect(await gateway.operate(`/keys/${id}/revoke`, dry)).toEqual({
        status: 200,
        body: {
          dryRun: true,
          outcome: `key ${id} (${items[0]?.shown}, n) would open nothing any more`,
        },
      })
    })
    expect((await gateway.operate('/keys?customerId=dry')).body['items']).toEqual(items)
  })
})

describe('what is passed on to billing', () => {
  test('a customer that exists is opened again on its own plan alone', async () => {
    gateway.billing.open('twice:live', 7)
    const open = (plan: string) =>
      gateway.operate('/accounts', { customerId: 'twice', plan, ...BECAUSE })
    expect(await open('free')).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'ACTION_REFUSED',
          key: 'customer_exists',
          message:
            'Customer twice exists already, on plan pro_yearly: ops accounts plan twice free changes it',
        },
      },
    })
    expect((await open('pro_yearly')).status).toBe(204)
    expect((await gateway.auditOf('twice'))[0]).toMatchObject({
      outcome: 'done',
      detail: 'customerId twice, plan pro_yearly: exists already',
    })
  })

  test('the secret stays with billing, whatever the target of a request says', async () => {
    const { port, hostname } = new URL(gateway.internalOrigin)
    const path = 'http://evil.example:1@x/internal/billing/rates'
    const headers = { authorization: 'Bearer gateway-secret' }
    const status = await new Promise((resolve, reject) => {
      request({ port, hostname, path, headers }, (res) => {
        res.resume()
        resolve(res.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect([status, gateway.billing.requests.at(-1)]).toEqual([200, '/rates'])
    const ask = (path: string, of = gateway.ctx.billing) => of.ask({ method: 'GET', path })
    await expect(ask('@evil.example/rates')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(gateway.billing.requests.at(-1)).toBe('/.@evil.example/rates')
    const below = createBillingClient({
      url: `${gateway.billing.url}/below`,
      secret: 'billing-secret',
      timeoutMs: 1_000,
    })
    await expect(ask('/../rates', below)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(gateway.billing.requests.at(-1)).toBe('/.@evil.example/rates')
  })

  test.each([
    ['/rates', '/rates'],
    ['/books', '/books'],
    ['/accounts/passes:live', '/accounts/passes:live'],
    [
      '/accounts/passes:live/transactions?task_id=task_1&limit=2',
      '/accounts/passes:live/transactions?task_id=task_1&limit=2',
    ],
  ])('a read of %s', async (path, asked) => {
    gateway.billing.open('passes:live', 7)
    const before = await auditOf('limit=1')
    expect((await gateway.operate(`/billing${path}`)).status).toBe(200)
    expect(gateway.billing.requests.at(-1)).toBe(asked)
    expect(await auditOf('limit=1')).toEqual(before)
  })

  test('answers come back as they are, refusals in our envelope', async () => {
    expect(await gateway.operate('/billing/books')).toEqual({ status: 200, body: NO_FINDINGS })
    expect(await gateway.operate('/billing/accounts/nobody:live')).toMatchObject({
      status: 404,
      body: {
        success: false,
        error: { code: 'NOT_FOUND', key: 'account_not_found', message: 'There is no such account' },
      },
    })
    gateway.billing.fail(true)
    const away = await gateway.operate('/billing/rates')
    gateway.billing.fail(false)
    expect(away).toMatchObject({ status: 503, body: { error: { code: 'SERVICE_UNAVAILABLE' } } })
  })

  const grant = { key: 'pay_1', credits: 500, purpose: 'pack' }
  const rate = { factor: '4', creditsPerSecond: 30, validFrom: '2027-01-31T00:00:00Z' }
  const balance = { replay: false, balance: 507 }

  test.each([
    [
      '/billing/accounts/acme:live/grants',
      grant,
      { url: '/accounts/acme:live/grants', body: { ...grant, ...BECAUSE } },
      [200, balance] as const,
      {
        action: 'grant',
        target: 'acme:live',
        detail: 'key pay_1, credits 500, purpose pack: replay false, balance 507',
      },
    ],
    [
      '/billing/accounts/acme:live/adjustments',
      adjust,
      { url: '/accounts/acme:live/adjustments', body: { ...adjust, ...BECAUSE } },
      [200, balance] as const,
      {
        action: 'adjust',
        target: 'acme:live',
        detail: 'key fix_1, delta -5, taskId task_abcdefghijklmnop: replay false, balance 507',
      },
    ],
    [
      '/accounts',
      { customerId: 'opens', plan: 'free' },
      { url: '/customers', body: { customerId: 'opens', plan: 'free' } },
      [204, undefined] as const,
      { action: 'open account', target: 'opens', detail: 'customerId opens, plan free: done' },
    ],
    [
      '/billing/customers/changes/plan',
      { plan: 'pro_yearly' },
      { url: '/customers/changes/plan', body: { plan: 'pro_yearly' } },
      [204, undefined] as const,
      { action: 'change plan', target: 'changes', detail: 'plan pro_yearly: done' },
    ],
    [
      '/billing/rates',
      rate,
      { url: '/rates', body: rate },
      [201, rate] as const,
      {
        action: 'add rate',
        target: '4',
        detail:
          'factor 4, creditsPerSecond 30, validFrom 2027-01-31T00:00:00Z: ' +
          'factor 4, creditsPerSecond 30, validFrom 2027-01-31T00:00:00Z',
      },
    ],
  ])('a change by %s', async (path, request, asked, [status, answer], entry) => {
    gateway.billing.answerNext(status, answer)
    expect(await gateway.operate(path, { ...request, ...BECAUSE })).toEqual({
      status,
      body: answer ?? {},
    })
    expect(gateway.billing.changes.at(-1)).toEqual({ method: 'POST', ...asked })
    const { items } = await auditOf('limit=1')
    expect(items[0]).toMatchObject({ ...entry, ...BECAUSE, outcome: 'done' })

    const count = gateway.billing.changes.length
    const mute = await gateway.operate(path, request)
    expect(mute).toMatchObject({ status: 400, body: { error: { param: 'reason' } } })
    expect(gateway.billing.changes).toHaveLength(count)
    expect((await auditOf('limit=1')).items).toEqual(items)
  })

  test('a misspelled dry run does not act', async () => {
    const before = gateway.billing.changes.length
    const request = { key: 'pay_odd', credits: 5, purpose: 'pack', dry_run: true, ...BECAUSE }
    expect(await gateway.operate('/billing/accounts/acme:live/grants', request)).toMatchObject({
      status: 400,
      body: {
        error: {
          param: 'dry_run',
          message: 'dry_run is not known here: send key, credits, purpose, reason, actor, dryRun',
        },
      },
    })
    expect(gateway.billing.changes).toHaveLength(before)
  })

  test('a refusal of billing is noted with what was asked for', async () => {
    const message = 'Key pay_1 was used for another grant: take another key'
    gateway.billing.answerNext(409, {
      code: 'ACTION_REFUSED',
      key: 'key_reused',
      message,
      param: 'key',
    })
    const path = '/billing/accounts/acme:live/grants'
    expect(await gateway.operate(path, { ...grant, ...BECAUSE })).toMatchObject({
      status: 409,
      body: { error: { code: 'ACTION_REFUSED', key: 'key_reused', message, param: 'key' } },
    })
    expect((await gateway.auditOf('acme:live'))[0]).toMatchObject({
      action: 'grant',
      outcome: 'refused',
      detail: `key pay_1, credits 500, purpose pack: ${message}`,
    })
    gateway.billing.fail(true)
    const away = await gateway.operate(path, { ...grant, ...BECAUSE })
    gateway.billing.fail(false)
    expect(away.status).toBe(503)
    expect((await gateway.auditOf('acme:live'))[0]).toMatchObject({
      action: 'grant',
      outcome: 'begun',
      detail: 'key pay_1, credits 500, purpose pack: Try again in 5 s',
    })
  })

  test('nothing else is', async () => {
    const count = gateway.billing.requests.length
    const posts = ['/billing/tasks/task_abcdefghijklmnop/reverse', '/billing/customers']
    for (const path of posts) {
      expect((await gateway.operate(path, BECAUSE)).status).toBe(404)
    }
    for (const path of [
      '/billing/metrics',
      '/billing/accounts/%2e%2e',
      '/billing/accounts/..%2fx',
    ]) {
      expect([400, 404]).toContain((await gateway.operate(path)).status)
    }
    const noTarget = await gateway.operate('/billing/rates', { creditsPerSecond: 1, ...BECAUSE })
    expect(noTarget).toMatchObject({
      status: 400,
      body: { error: { param: 'factor', message: 'factor is missing or not valid' } },
    })
    expect(gateway.billing.requests).toHaveLength(count)
  })
})
