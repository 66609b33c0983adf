import { describe, expect, test } from '@jest/globals'
import { readPolicy } from '@upscale/safe-fetch'
import { AppError } from '@upscale/types'
import {
  optionPath,
  parseGenerateOrder as generateOrder,
  parseSourceOrder,
  parseUpscaleOrder as upscaleOrder,
} from './parse-upscale-order.ts'

const video_url = 'https://cdn.example/clip.mp4'
const model = 'topaz-video-upscale'

const EVENTS = ['task.completed', 'task.failed', 'task.canceled']
const policy = readPolicy({ allow: '', ownHosts: ['api.example'], production: true })
const parseUpscaleOrder = (body: object) => upscaleOrder({ ...body }, policy)
const parseGenerateOrder = (body: object) => generateOrder({ ...body }, policy)

function refusal(parse: () => unknown): [string, string | null] {
  try {
    parse()
  } catch (error) {
    if (error instanceof AppError) return [error.code, error.param]
  }
  throw new Error('nothing was refused')
}
const refusalOf = (body: object) => refusal(() => parseUpscaleOrder({ ...body }))
const generateRefusal = (body: object) => refusal(() => parseGenerateOrder({ ...body }))

test('the factor is 2 where none is given; unknown fields do not count', () => {
  expect(parseUpscaleOrder({ video_url, prompt: 'x', duration: 5 })).toEqual({
    videoUrl: video_url,
    factor: '2',
    maxCredits: undefined,
    quoteId: undefined,
    webhookUrl: undefined,
    webhookEvents: EVENTS,
    metadata: {},
    place: '',
    inInput: [],
  })
})

test('options are kept as they came', () => {
  const metadata = { b: '1', a: '', ключ: '✓' }
  const order = parseUpscaleOrder({ video_url, upscale_factor: '4', max_credits: 1, metadata })
  expect(order).toMatchObject({ factor: '4', maxCredits: 1, metadata })
})

test.each([undefined, null, '', 7, ['https://x'], {}])('video_url %p is missing', (url) => {
  expect(refusalOf({ video_url: url })).toEqual(['MISSING_VIDEO_URL', 'video_url'])
})

test.each([
  ['NUL', 'https://a.example/\0'],
  ['half a surrogate pair', 'https://a.example/\uD800'],
  ['2049 characters', `https://a.example/${'a'.repeat(2_031)}`],
])('a video_url with %s cannot be probed', (_what, url) => {
  expect(refusalOf({ video_url: url })).toEqual(['PROBE_FAILED', 'video_url'])
  const input = { video_url: url }
  expect(generateRefusal({ model, input })).toEqual(['PROBE_FAILED', 'input.video_url'])
})

test.each([2, null, '3', '', ' 2', ['2'], true, '02'])('factor %p is refused', (upscale_factor) => {
  expect(refusalOf({ video_url, upscale_factor })).toEqual([
    'INVALID_UPSCALE_FACTOR',
    'upscale_factor',
  ])
})

test.each([0, -1, 1.5, '100', null, Infinity, 2 ** 60, []])(
  'max_credits %p is refused',
  (max_credits) => {
    expect(refusalOf({ video_url, max_credits })).toEqual(['INVALID_PARAMETER', 'max_credits'])
  },
)

test.each([null, 7, '', 'q'.repeat(65), 'quote_\0', 'quote_\uD800', ['quote_1']])(
  'quote_id %j is refused',
  (quote_id) => {
    expect(refusalOf({ video_url, quote_id })).toEqual(['INVALID_PARAMETER', 'quote_id'])
  },
)

test.each([
  ['null', null, 'url_invalid'],
  ['a number', 7, 'url_invalid'],
  ['a list', ['https://hook.example/'], 'url_invalid'],
  ['no URL', 'hook', 'url_invalid'],
  ['NUL', 'https://hook.example/\0', 'url_invalid'],
  ['2049 characters', `https://hook.example/${'a'.repeat(2028)}`, 'url_invalid'],
  ['http', 'http://hook.example/', 'url_scheme_not_allowed'],
  ['a password', 'https://a:b@hook.example/', 'url_credentials_not_allowed'],
  ['another port', 'https://hook.example:8443/', 'url_port_not_allowed'],
  ['a private address', 'https://10.0.0.1/', 'url_address_not_allowed'],
  ['a local name', 'https://hook.local/', 'url_host_not_allowed'],
  ['our own host', 'https://api.example/hook', 'url_host_not_allowed'],
])('a webhook_url that is or has %s is refused', (_what, webhook_url, key) => {
  const parse = () => parseUpscaleOrder({ video_url, webhook_url })
  expect(refusal(parse)).toEqual(['INVALID_WEBHOOK_URL', 'webhook_url'])
  expect(parse).toThrow(expect.objectContaining({ key }))
})

test.each([
  [[]],
  [null],
  ['task.failed'],
  [['task.failed', 'task.created']],
  [[7]],
  [Array(4).fill('task.failed')],
])('webhook_events %j are refused', (webhook_events) => {
  expect(refusalOf({ video_url, webhook_events })).toEqual(['INVALID_PARAMETER', 'webhook_events'])
})

test('quote and webhook are kept; each event counts once', () => {
  const webhook_url = `https://hook.example/${'a'.repeat(2027)}`
  const webhook_events = ['task.failed', 'task.completed', 'task.failed']
  const quote_id = 'quote_1'
  expect(parseUpscaleOrder({ video_url, quote_id, webhook_url, webhook_events })).toMatchObject({
    quoteId: quote_id,
    webhookUrl: webhook_url,
    webhookEvents: ['task.completed', 'task.failed'],
  })
})

test.each([
  ['null', null],
  ['a list', ['a']],
  ['a text', 'a'],
  ['a number as value', { a: 1 }],
  ['an object as value', { a: {} }],
  ['21 keys', Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, '']))],
  ['a key of 41', { ['k'.repeat(41)]: '' }],
  ['a value of 501', { k: 'v'.repeat(501) }],
  ['NUL', { k: '\0' }],
  ['half a surrogate pair', { k: '\uD800' }],
  ['__proto__', JSON.parse('{"__proto__": "x"}')],
  ['constructor', { constructor: 'x' }],
])('metadata that is or holds %s is refused', (_name, metadata) => {
  expect(refusalOf({ video_url, metadata })).toEqual(['INVALID_PARAMETER', 'metadata'])
})

test('metadata at its limits is taken', () => {
  const entries = Array.from({ length: 20 }, (_, i) => [`${i}`.padStart(40, 'k'), 'v'.repeat(500)])
  const metadata = Object.fromEntries(entries)
  expect(parseUpscaleOrder({ video_url, metadata }).metadata).toEqual(metadata)
})

test('the first failure in the order of the contract answers', () => {
  const bad = { upscale_factor: 2, max_credits: 0, metadata: 1 }
  expect(refusalOf(bad)[0]).toBe('MISSING_VIDEO_URL')
  expect(refusalOf({ ...bad, video_url })[0]).toBe('INVALID_UPSCALE_FACTOR')
  expect(refusalOf({ ...bad, video_url, upscale_factor: '2' })[1]).toBe('max_credits')
})

test('a quote is asked for with the URL and the factor alone', () => {
  const order = { videoUrl: video_url, factor: '2', place: '' }
  expect(parseSourceOrder({ video_url, max_credits: 0, metadata: 1 })).toEqual(order)
  expect(refusal(() => parseSourceOrder({}))).toEqual(['MISSING_VIDEO_URL', 'video_url'])
  expect(refusal(() => parseSourceOrder({ video_url, upscale_factor: 4 }))).toEqual([
    'INVALID_UPSCALE_FACTOR',
    'upscale_factor',
  ])
})

describe('generate', () => {
  test('takes the fields from input', () => {
    const order = parseGenerateOrder({
      model,
      input: { video_url, upscale_factor: '1', prompt: 'x' },
    })
    expect(order).toMatchObject({ videoUrl: video_url, factor: '1', place: 'input.' })
  })

  test('checks the model first', () => {
    expect(generateRefusal({ input: {} })).toEqual(['MISSING_MODEL', 'model'])
    expect(generateRefusal({ model: null })).toEqual(['MISSING_MODEL', 'model'])
    expect(generateRefusal({ model: 'x', input: {} })).toEqual(['INVALID_MODEL', 'model'])
  })

  test('names the model that it does not know, in one line', () => {
    const parse = () => parseGenerateOrder({ model: `a\n\0${'x'.repeat(60)}` })
    expect(parse).toThrow(
      `Unknown model "a\\n\\u0000${'x'.repeat(57)}…". Available: topaz-video-upscale`,
    )
  })

  test('a video_url outside input does not count', () => {
    const expected = ['MISSING_VIDEO_URL', 'input.video_url']
    expect(generateRefusal({ model, video_url })).toEqual(expected)
    expect(generateRefusal({ model, video_url, input: [video_url] })).toEqual(expected)
  })

  test('an option counts from the top, else from input', () => {
    const input = { video_url, max_credits: 10, metadata: { from: 'input' } }
    expect(parseGenerateOrder({ model, input })).toMatchObject({
      maxCredits: 10,
      metadata: { from: 'input' },
    })
    const top = { model, input, max_credits: 5, metadata: { from: 'top' } }
    expect(parseGenerateOrder(top)).toMatchObject({ maxCredits: 5, metadata: { from: 'top' } })
    expect(generateRefusal({ model, input: { ...input, max_credits: 0 } })[1]).toBe(
      'input.max_credits',
    )
    expect(generateRefusal({ model, input, max_credits: 0 })[1]).toBe('max_credits')
  })

  test('names where an option stood', () => {
    const input = { video_url, quote_id: 'quote_1', webhook_url: 'http://hook.example/' }
    expect(generateRefusal({ model, input })).toEqual(['INVALID_WEBHOOK_URL', 'input.webhook_url'])
    expect(generateRefusal({ model, input: { video_url }, webhook_url: 'x' })[1]).toBe(
      'webhook_url',
    )
    const order = parseGenerateOrder({ model, input: { video_url, quote_id: 'q' }, max_credits: 1 })
    expect(optionPath(order, 'quote_id')).toBe('input.quote_id')
    expect(optionPath(order, 'max_credits')).toBe('max_credits')
  })
})
