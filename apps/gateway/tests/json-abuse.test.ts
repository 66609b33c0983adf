import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import { sql } from 'kysely'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'
import { startSteps } from './test-steps.ts'
import type { TestSteps } from './test-steps.ts'

const UPSCALE = '/api/v1/tools/upscale-video'
const QUOTE = `${UPSCALE}/quote`
const GENERATE = '/api/v1/generate'
const UPLOAD = '/api/v1/upload'
const HOOK = '/api/v1/webhooks/test'
const URL = '"video_url":"http://origin:9000/404.mp4"'
const TYPE = '"contentType":"video/mp4"'

let temporal: TestTemporal
let gateway: TestGateway
let steps: TestSteps
let customer: Awaited<ReturnType<TestGateway['customer']>>

beforeAll(async () => {
  temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  gateway = await testGateway(temporal, {
    RATE_CREATES_PER_MINUTE: '1000',
    RATE_QUOTES_PER_HOUR: '1000',
  })
  steps = await startSteps(gateway)
  customer = await gateway.customer('abuser')
})
afterAll(async () => {
  await steps[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

const deep = `${'['.repeat(15_000)}${']'.repeat(15_000)}`

/** What each of the values does in a field of each endpoint; none gets further than a refusal. */
const VALUES: [name: string, json: string][] = [
  ['15 000 arrays', deep],
  ['NUL', '"\\u0000"'],
  ['half a surrogate pair', '"\\ud800"'],
  ['beyond all numbers', '1e400'],
  ['an own __proto__', '{"__proto__":"a"}'],
  ['an own prototype', '{"prototype":"a"}'],
  ['text with NUL', '"https://a.example/\\u0000"'],
  ['text with half a surrogate pair', '"https://a.example/\\udc00"'],
  ['the longest text that fits', `"https://a.example/${'x'.repeat(30_000)}"`],
]

type Wrap = (fields: string) => string

/** A field of an endpoint: the body that holds a value in it, and the codes that refuse it. */
type Field = [path: string, field: string, bodyOf: Wrap, codes: string[]]

const fieldOf = (path: string, wrap: Wrap, field: string, ...codes: string[]): Field => [
  path,
  field,
  (value) => wrap(`${URL},"${field}":${value}`), // of two equal keys the last one counts
  codes,
]

const fieldsOf = (path: string, wrap: Wrap): Field[] => [
  fieldOf(path, wrap, 'video_url', 'MISSING_VIDEO_URL', 'PROBE_FAILED'),
  fieldOf(path, wrap, 'upscale_factor', 'INVALID_UPSCALE_FACTOR'),
  fieldOf(path, wrap, 'anything', 'PROBE_FAILED'),
]

const optionsOf = (path: string, wrap: Wrap): Field[] => [
  ...['max_credits', 'quote_id', 'webhook_events', 'metadata'].map((field) =>
    fieldOf(path, wrap, field, 'INVALID_PARAMETER'),
  ),
  fieldOf(path, wrap, 'webhook_url', 'INVALID_WEBHOOK_URL'),
  [path, 'metadata.a', (value) => wrap(`${URL},"metadata":{"a":${value}}`), ['INVALID_PARAMETER']],
]

const plain: Wrap = (fields) => `{${fields}}`
const inInput: Wrap = (fields) => `{"model":"topaz-video-upscale","input":{${fields}}}`
const atTop: Wrap = (fields) => `{"model":"topaz-video-upscale","input":{${URL}},${fields}}`
const hook: Wrap = (fields) => `{"webhook_url":"https://hook.example/",${fields}}`

const FIELDS: Field[] = [
  ...fieldsOf(UPSCALE, plain),
  ...optionsOf(UPSCALE, plain),
  ...fieldsOf(GENERATE, inInput),
  ...optionsOf(GENERATE, inInput),
  ...optionsOf(GENERATE, atTop),
  fieldOf(GENERATE, plain, 'model', 'MISSING_MODEL', 'INVALID_MODEL'),
  fieldOf(GENERATE, atTop, 'input', 'MISSING_VIDEO_URL'),
  ...fieldsOf(QUOTE, plain),
  fieldOf(UPLOAD, plain, 'contentType', 'UNSUPPORTED_CONTENT_TYPE'),
  fieldOf(UPLOAD, (fields) => `{${TYPE},${fields}}`, 'sizeBytes', 'INVALID_PARAMETER'),
  fieldOf(HOOK, hook, 'webhook_url', 'INVALID_WEBHOOK_URL'),
  fieldOf(HOOK, hook, 'type', 'INVALID_PARAMETER'),
]

describe('values that are meant to hurt', () => {
  test.each(FIELDS)('POST %s refuses them as its %s', async (path, _field, bodyOf, codes) => {
    for (const [name, value] of VALUES) {
      const { status, body } = await customer.post(path, bodyOf(value))
      expect([name, codes]).toEqual([name, expect.arrayContaining([body.error?.code])])
      expect(status === 400 || status === 422).toBe(true)
    }
  })

  test('nothing of them is left, and nobody paid', async () => {
    const { rows } = await sql<{ left: number }>`
      select ((select count(*) from gateway.task_order) + (select count(*) from gateway.upload)
        + (select count(*) from gateway.quote) + (select count(*) from gateway.webhook_delivery)
        )::int as left`.execute(gateway.ctx.db)
    expect(rows).toEqual([{ left: 0 }])
    expect(gateway.billing.balanceOf('abuser:live')).toBe(1_000)
  })
})

describe('whole bodies that are meant to hurt', () => {
  const utf8 = (text: string) => new Uint8Array(Buffer.from(text))
  const broken = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])

  test.each([UPSCALE, GENERATE, QUOTE, UPLOAD, HOOK])('POST %s', async (path) => {
    const codeOf = async (body: string | Uint8Array, headers: Record<string, string> = {}) => {
      const answer = await customer.post(path, body, headers)
      return [answer.status, answer.body.error.code]
    }
    for (const body of ['', deep, '[]', '"a"', 'null', '{', '{"a":1}x', broken]) {
      expect(await codeOf(body)).toEqual([400, 'INVALID_JSON'])
    }
    const tooLong = '{}'.padEnd(32_769, ' ')
    expect(await codeOf(tooLong)).toEqual([413, 'BODY_TOO_LARGE'])
    const coded = { 'content-encoding': 'gzip' }
    expect(await codeOf(utf8('{}'), coded)).toEqual([415, 'UNSUPPORTED_ENCODING'])
    const latin = { 'content-type': 'application/json; charset=iso-8859-1' }
    expect(await codeOf('{}', latin)).toEqual([415, 'UNSUPPORTED_ENCODING'])
    expect((await codeOf('{"a":1,"a":2}'))[0]).toBe(400) // the same key twice
  })
})
