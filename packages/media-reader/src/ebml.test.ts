import { expect, test } from '@jest/globals'
import { viewOf } from './bytes.ts'
import { elementsIn, fieldsOf, floatOf, textOf, uintOf } from './ebml.ts'

const view = (...bytes: number[]) => viewOf(Uint8Array.from(bytes))

test('elements with ids and sizes of several lengths', () => {
  const found = [...elementsIn(view(0x83, 0x81, 1, 0x42, 0x82, 0x40, 0x02, 65, 66))]
  expect(found.map(({ id, body }) => [id, body.byteLength])).toEqual([
    [0x83, 1],
    [0x4282, 2],
  ])
})

test('an unknown size reaches to the end', () => {
  const [only] = elementsIn(view(0xae, 0xff, 1, 2, 3))
  expect(only?.body.byteLength).toBe(3)
})

test.each([
  ['a size beyond the end', view(0x83, 0x84, 1)],
  ['an id of five bytes', view(0x08, 0, 0, 0, 0, 0x81, 1)],
  ['no size', view(0x83, 0x00, 1)],
])('%s is damage', (_, bytes) => {
  expect(() => fieldsOf(bytes)).toThrow(expect.objectContaining({ key: 'source_not_video' }))
})

test('values', () => {
  expect(uintOf(view(1, 0), 9)).toBe(256)
  expect(uintOf(view(), 9)).toBe(0)
  expect(uintOf(undefined, 9)).toBe(9)
  expect(() => uintOf(view(1, 2, 3, 4, 5, 6, 7, 8, 9), 0)).toThrow()
  expect(floatOf(view(0x3f, 0xc0, 0, 0))).toBe(1.5)
  expect(floatOf(view(0x3f, 0xf8, 0, 0, 0, 0, 0, 0))).toBe(1.5)
  expect(floatOf(undefined)).toBeUndefined()
  expect(textOf(view(97, 98, 0, 0))).toBe('ab')
})
