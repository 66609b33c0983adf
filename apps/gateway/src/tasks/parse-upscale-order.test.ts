import { describe, expect, test } from '@jest/globals'
import { AppError } from '@upscale/types'
import { parseGenerateOrder, parseUpscaleOrder } from './parse-upscale-order.ts'

const video_url = 'https://cdn.example/clip.mp4'
const model = 'topaz-video-upscale'

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
    metadata: {},
    place: '',
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
})
