import { afterAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import type { ClipName } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { customer } from '../src/customer.ts'
import type { Customer } from '../src/customer.ts'

const GRANT = 5_000
const cast = await openCast({ name: 'refused', plan: 'pro_monthly', credits: GRANT })
const { stack, host, operator, us } = cast

afterAll(() => cast[Symbol.asyncDispose]())

const refusal = (answer: Awaited<ReturnType<Customer['upscale']>>) => ({
  status: answer.status,
  success: answer.body.success,
  code: answer.body.error?.code,
  key: answer.body.error?.key,
  message: answer.body.error?.message,
})

async function nothingMoved(): Promise<void> {
  expect(await us.credits()).toBe(GRANT)
  expect(await operator.debitsOf('refused')).toBe(0)
}

describe('an order that says too little or something odd', () => {
  const url = 'https://cdn.example/clip.mp4'
  test.each<[unknown, string]>([
    [{}, 'MISSING_VIDEO_URL'],
    [{ video_url: '' }, 'MISSING_VIDEO_URL'],
    [{ video_url: null }, 'MISSING_VIDEO_URL'],
    [{ video_url: 7 }, 'MISSING_VIDEO_URL'],
    [{ video_url: url, upscale_factor: 2 }, 'INVALID_UPSCALE_FACTOR'],
    [{ video_url: url, upscale_factor: 0 }, 'INVALID_UPSCALE_FACTOR'],
    [{ video_url: url, upscale_factor: '3' }, 'INVALID_UPSCALE_FACTOR'],
    [{ video_url: url, upscale_factor: null }, 'INVALID_UPSCALE_FACTOR'],
    [{ video_url: url, max_credits: 0 }, 'INVALID_PARAMETER'],
    [{ video_url: url, metadata: { a: 1 } }, 'INVALID_PARAMETER'],
    ['{"video_url": ', 'INVALID_JSON'],
    ['[]', 'INVALID_JSON'],
    ['', 'INVALID_JSON'],
  ])('%j is %s', async (body, code) => {
    const answer = await us.upscale(body)
    expect(refusal(answer)).toMatchObject({ status: 400, success: false, code })
    expect(answer.body.error).toMatchObject({
      refunded_credits: 0,
      request_id: answer.headers.get('request-id'),
      doc_url: expect.stringMatching(new RegExp(`/docs/errors#${code}$`)),
    })
    await nothingMoved()
  })

  test.each<[unknown, string, string | null]>([
    [{ input: { video_url: url } }, 'MISSING_MODEL', 'model'],
    [{ model: 'other', input: { video_url: url } }, 'INVALID_MODEL', 'model'],
    [{ model: 'topaz-video-upscale', video_url: url }, 'MISSING_VIDEO_URL', 'input.video_url'],
  ])('/generate with %j is %s', async (body, code, param) => {
    const answer = await us.post('/generate', body)
    expect(refusal(answer)).toMatchObject({ status: 400, code })
    expect(answer.body.error?.param).toBe(param)
    await nothingMoved()
  })
})

describe('a key', () => {
  test.each([
    [undefined, 'MISSING_AUTH_HEADER'],
    ['Token abc', 'INVALID_AUTH_FORMAT'],
    ['Bearer abc', 'INVALID_KEY_FORMAT'],
    ['Bearer sk-000000000000000000000000000000000000', 'INVALID_API_KEY'],
  ])('%s is %s', async (authorization, code) => {
    const res = await fetch(`${stack.api}/api/v1/credits`, {
      headers: authorization === undefined ? {} : { authorization },
    })
    expect(res.status).toBe(401)
    expect(res.headers.get('www-authenticate')).toBe('Bearer')
    expect(await res.json()).toMatchObject({ success: false, error: { code } })
  })

  test('that was revoked no longer opens anything', async () => {
    const { key, id } = await operator.openAccount('revoked', 'pro_monthly', 100)
    const them = customer(stack.api, key)
    expect(await them.credits()).toBe(100)
    await operator.gateway(`/internal/keys/${id}/revoke`, { reason: 'a test', actor: 'tests' })
    await new Promise((resolve) => setTimeout(resolve, 5_500)) // every process knows within 5 s
    expect((await them.call('GET', '/credits')).body.error?.code).toBe('INVALID_API_KEY')
  })

  test('of an account without plan or credits may not use the API', async () => {
    const { key } = await operator.openAccount('nobody', 'free', 0)
    const answer = await customer(stack.api, key).upscale({ video_url: host.missing() })
    expect(refusal(answer)).toMatchObject({ status: 403, code: 'FORBIDDEN' })
  })
})

describe('a source that cannot be used', () => {
  test.each<[string, () => string | Promise<string>, number, string, string]>([
    [
      'port that nobody may open',
      () => 'http://127.0.0.1:9/a.mp4',
      422,
      'PROBE_FAILED',
      'url_port_not_allowed',
    ],
    [
      'host that does not answer',
      () => `http://127.0.0.1:${stack.deadPort}/a.mp4`,
      422,
      'PROBE_FAILED',
      'source_unreachable',
    ],
    [
      'private address',
      () => 'http://10.0.0.1/a.mp4',
      422,
      'PROBE_FAILED',
      'url_address_not_allowed',
    ],
    [
      'name that does not resolve',
      () => 'https://no-such-host.example/a.mp4',
      422,
      'PROBE_FAILED',
      'source_unreachable',
    ],
    ['404', () => host.missing(), 422, 'PROBE_FAILED', 'source_http_status'],
    [
      'page',
      () => host.text('<html>Log in</html>', 'a.mp4', 'text/html'),
      422,
      'PROBE_FAILED',
      'source_not_video',
    ],
    ['truncated file', () => serve('trunc.mp4'), 422, 'PROBE_FAILED', 'source_truncated'],
    ['empty file', () => serve('empty.mp4'), 422, 'PROBE_FAILED', 'source_not_video'],
    ['sound alone', () => serve('a.m4a'), 422, 'UNSUPPORTED_VIDEO', 'no_video_stream'],
    ['WebM', () => serve('v.webm'), 422, 'UNSUPPORTED_VIDEO', 'format_not_supported'],
    ['AVI', () => serve('v.avi'), 422, 'UNSUPPORTED_VIDEO', 'format_not_supported'],
    ['encrypted video', () => serve('enc.mp4'), 422, 'UNSUPPORTED_VIDEO', 'video_encrypted'],
    [
      '240 frames a second',
      () => serve('fps240.mp4'),
      422,
      'UNSUPPORTED_VIDEO',
      'frame_rate_too_high',
    ],
    ['HDR', () => serve('hdr10.mp4'), 422, 'UNSUPPORTED_VIDEO', 'hdr_not_supported'],
    ['60.04 seconds', () => serve('over.mp4'), 422, 'VIDEO_TOO_LONG', 'video_too_long'],
    ['two hours', () => serve('long.mp4'), 422, 'VIDEO_TOO_LONG', 'video_too_long'],
  ])('%s', async (_what, url, status, code, key) => {
    const answer = await us.upscale({ video_url: await url() })
    expect(refusal(answer)).toMatchObject({ status, success: false, code, key })
    expect(answer.body.error?.message).toMatch(/^.{10,200}$/)
    expect(answer.body.error?.message).not.toMatch(/at .*\.ts|ECONN|127\.0\.0\.1/)
    await nothingMoved()
  })

  const serve = async (name: ClipName) => host.file(await clip(name), { name })

  test('says which factor fits when the result would be too large', async () => {
    const answer = await us.upscale({ video_url: await serve('big.mp4'), upscale_factor: '4' })
    expect(refusal(answer)).toMatchObject({
      status: 422,
      code: 'OUTPUT_TOO_LARGE',
      message: '4x of 2560×1440 exceeds 8192 px. Largest factor is 2',
    })
    expect(answer.body.error?.details).toEqual({ max_factor: '2' })
    await nothingMoved()
  })
})

describe('money', () => {
  test('too few credits', async () => {
    const { key } = await operator.openAccount('poor', 'pro_monthly', 20)
    const them = customer(stack.api, key)
    const answer = await them.upscale({ video_url: host.file(await clip('base.mp4')) })
    expect(refusal(answer)).toMatchObject({ status: 402, code: 'INSUFFICIENT_CREDITS' })
    expect(answer.body.error?.message).toBe('Insufficient credits. Required: 48, Available: 20')
    expect(await them.credits()).toBe(20)
  })

  test('a price above max_credits', async () => {
    const answer = await us.upscale({
      video_url: host.file(await clip('base.mp4')),
      max_credits: 47,
    })
    expect(refusal(answer)).toMatchObject({
      status: 402,
      code: 'MAX_CREDITS_EXCEEDED',
      message: 'Price is 48 credits, max_credits is 47',
    })
    await nothingMoved()
  })
})

describe('the HTTP surface', () => {
  test('an unknown route, a wrong method, a large body, a compressed one', async () => {
    expect(refusal(await us.call('GET', '/nothing'))).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    })
    const wrong = await us.call('GET', '/tools/upscale-video')
    expect(refusal(wrong)).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' })
    expect(wrong.headers.get('allow')).toBe('POST')
    const large = await us.upscale({ video_url: 'x'.repeat(40_000) })
    expect(refusal(large)).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' })
    const gzip = await us.call('POST', '/tools/upscale-video', {
      headers: { 'content-encoding': 'gzip' },
      body: 'x',
    })
    expect(refusal(gzip)).toMatchObject({ status: 415, code: 'UNSUPPORTED_ENCODING' })
  })

  test('a task of somebody else looks like a missing one', async () => {
    const { key } = await operator.openAccount('stranger', 'pro_monthly', 100)
    const posted = await us.upscale({ video_url: host.file(await clip('base.mp4')) })
    const { id } = posted.body.data as { id: string }
    const theirs = await customer(stack.api, key).call('GET', `/tasks/${id}`)
    const missing = await us.call('GET', '/tasks/task_000000000000000000000000')
    const text = ({ body }: typeof theirs) =>
      JSON.stringify({ ...body, error: { ...body.error, request_id: '' } })
    expect(theirs.status).toBe(404)
    expect(text(theirs)).toBe(text(missing))
    await us.watch(id, ({ status }) => status === 'completed')
  })
})

test('the books add up', async () => {
  expect(await operator.brokenBooks()).toEqual([])
})
