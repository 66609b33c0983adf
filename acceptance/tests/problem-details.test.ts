import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Answer } from '../src/customer.ts'

const cast = await openCast({ name: 'formal', plan: 'pro_monthly', credits: 100 })
const { stack, us, fetch } = cast
const testing = await cast.openTest('formal')
const anybody = cast.withKey(null)
const NO_TASK = '/tasks/task_000000000000000000000000'
const PROBLEM = 'application/problem+json'
let doneId: string

beforeAll(async () => {
  doneId = (await testing.order('https://magic.test/ok.mp4')).id
  await testing.watch(doneId, hasEnded)
})
afterAll(() => cast[Symbol.asyncDispose]())

const typeOf = ({ headers }: Answer) => headers.get('content-type')?.split(';')[0]
const read = (accept: string) => us.call('GET', NO_TASK, { headers: { accept } })

describe('errors as problem details', () => {
  test.each([
    [PROBLEM, true],
    [`${PROBLEM}, application/json;q=0.9`, true],
    [`application/json;q=0.5, ${PROBLEM};q=0.6`, true],
    ['application/problem+json;q=0', false],
    [`${PROBLEM}, application/json`, false], // a tie
    [`${PROBLEM};q=0.5, application/json`, false],
    ['application/*', false],
    ['*/*', false],
    ['text/html', false],
    ['', false],
  ])('Accept: %s', async (accept, isProblem) => {
    const answer = await read(accept)
    expect(answer.status).toBe(404)
    expect(typeOf(answer)).toBe(isProblem ? PROBLEM : 'application/json')
    expect('success' in answer.body).toBe(!isProblem)
    expect(answer.headers.get('vary')).toMatch(/\bAccept\b/i)
  })

  test('have the standard members and all of ours', async () => {
    const answer = await us.call('GET', '/tasks?limit=0', { headers: { accept: PROBLEM } })
    const requestId = answer.headers.get('request-id')
    expect(answer.body).toEqual({
      type: `${stack.api}/docs/errors#INVALID_PARAMETER`,
      title: expect.any(String),
      status: 400,
      detail: 'limit must be between 1 and 100',
      instance: '/api/v1/tasks',
      code: 'INVALID_PARAMETER',
      key: 'invalid_parameter',
      message: 'limit must be between 1 and 100',
      param: 'limit',
      retryable: false,
      refunded_credits: 0,
      doc_url: `${stack.api}/docs/errors#INVALID_PARAMETER`,
      request_id: requestId,
    })
    const other = await us.call('GET', '/tasks?status=x', { headers: { accept: PROBLEM } })
    const titles = [answer, other].map(({ body }) => (body as unknown as { title: string }).title)
    expect(titles[0]).toBe(titles[1]) // constant per code
  })

  test('never change an answer that is none', async () => {
    const answer = await testing.call('GET', `/tasks/${doneId}`, { headers: { accept: PROBLEM } })
    expect([answer.status, typeOf(answer), answer.body.success]).toEqual([
      200,
      'application/json',
      true,
    ])
  })

  test.each<[string, (headers: Record<string, string>) => Promise<Answer>, number, string]>([
    [
      'no key',
      (headers) => anybody.call('GET', '/credits', { headers }),
      401,
      'MISSING_AUTH_HEADER',
    ],
    ['an unknown route', (headers) => us.at('GET', '/nothing', { headers }), 404, 'NOT_FOUND'],
    [
      'a wrong method',
      (headers) => us.call('PUT', '/credits', { headers }),
      405,
      'METHOD_NOT_ALLOWED',
    ],
    ['a large body', (headers) => us.upscale('x'.repeat(40_000), headers), 413, 'BODY_TOO_LARGE'],
    ['no JSON', (headers) => us.upscale('{', headers), 400, 'INVALID_JSON'],
    ['a lost result', (headers) => anybody.at('GET', '/results/x', { headers }), 404, 'NO_RESULT'],
    [
      'a fault of ours',
      (headers) => testing.upscale({ video_url: 'https://magic.test/error.mp4' }, headers),
      500,
      'INTERNAL_ERROR',
    ],
  ])('say %s too, and so does the envelope', async (_what, ask, status, code) => {
    const problem = await ask({ accept: PROBLEM })
    expect([problem.status, typeOf(problem)]).toEqual([status, PROBLEM])
    expect(problem.body).toMatchObject({ status, code })
    const envelope = await ask({ accept: 'application/json' })
    expect([envelope.status, typeOf(envelope)]).toEqual([status, 'application/json'])
    expect(envelope.body).toMatchObject({ success: false, error: { code } })
  })
})

describe('every answer has a request id', () => {
  test.each([
    '/api/v1/models',
    '/api/v1/credits',
    '/api/v1/nothing',
    '/nothing',
    '/openapi.json',
    '/docs',
    '/docs/errors',
    '/docs/nothing',
    '/llms.txt',
    '/results/nothing',
    '/uploads/nothing.mp4',
    '/',
  ])('%s', async (path) => {
    const first = await fetch(stack.api + path)
    const second = await fetch(stack.api + path, { headers: { 'request-id': 'mine-12345678' } })
    const ids = [first, second].map(({ headers }) => headers.get('request-id'))
    for (const id of ids) expect(id).toMatch(/^req_[A-Za-z0-9]{16,}$/) // ours, whatever was sent
    expect(ids[0]).not.toBe(ids[1])
  })

  test('also a stream, and what no stream follows', async () => {
    await using stream = await testing.events(doneId)
    expect(stream.headers.get('request-id')).toMatch(/^req_/)
    const last = (await stream.rest()).at(-1)?.id
    await using nothing = await testing.events(doneId, { 'last-event-id': String(last) })
    expect([nothing.status, nothing.headers.get('request-id')]).toEqual([
      204,
      expect.stringMatching(/^req_/),
    ])
  })

  test('and a task keeps that of its create', async () => {
    const posted = await testing.upscale({ video_url: 'https://magic.test/ok.mp4' })
    const { id } = posted.body.data as { id: string }
    const task = await testing.watch(id, hasEnded)
    expect(task).toMatchObject({ request_id: posted.headers.get('request-id') })
  })
})

test('authenticated JSON is kept by no cache, and no answer is sniffed or framed', async () => {
  const { headers } = await us.call('GET', '/credits')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'")
  expect(headers.get('x-powered-by')).toBeNull()
  expect(headers.get('access-control-allow-origin')).toBeNull()
})
