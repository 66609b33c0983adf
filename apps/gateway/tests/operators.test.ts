import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type { AuditEntry, KeyView, NewKeyView } from '@upscale/types'
import { audited } from '../src/operators/audited.ts'
import { BECAUSE, testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'
import { NO_FINDINGS } from './test-billing.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway() // no Temporal: nothing here is about a job
})
afterAll(() => gateway[Symbol.asyncDispose]())

const auditOf = async (query: string) => {
  const { body } = await gateway.operate(`/audit?${query}`)
  return body as unknown as { items: AuditEntry[]; nextCursor: string | null }
}
const act = (target: string) => ({ action: 'test', target, ...BECAUSE })

describe('the audit table', () => {
  test('has the row before the work begins, and its end after it', async () => {
    const { ctx } = gateway
    const seen = await audited(
      ctx,
      act('a'),
      () => gateway.auditOf('a'),
      () => 'it was done',
    )
    expect(seen).toEqual([{ ...act('a'), outcome: 'begun', detail: null }])
    expect(await gateway.auditOf('a')).toEqual([
      { ...act('a'), outcome: 'done', detail: 'it was done' },
    ])
  })

  test('keeps what was asked for, and that it failed for no reason of its own', async () => {
    const asked = { ...act('b'), asked: '5 credits' }
    const work = async () => {
      throw new Error('postgres://secret')
    }
    await expect(audited(gateway.ctx, asked, work, String)).rejects.toThrow('postgres://secret')
    expect(await gateway.auditOf('b')).toEqual([
      { ...act('b'), outcome: 'failed', detail: '5 credits: unexpected: see the log' },
    ])
  })

  test('is for ever: rows end once, are not changed otherwise, and stay', async () => {
    await audited(gateway.ctx, act('c'), async () => '', String)
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
      await audited(gateway.ctx, act(target), async () => target, String)
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
  ])('%s refuses %j', async (path, request, param) => {
    expect(await gateway.operate(path, request)).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_PARAMETER', param } },
    })
  })
})

describe('what is passed on to billing', () => {
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
  const adjust = { key: 'fix_1', delta: -5, taskId: 'task_abcdefghijklmnop' }
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
      outcome: 'failed',
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
