import { expect, test } from '@jest/globals'
import { idempotencyKeyFrom } from './idempotency-key.ts'

test('a key is the same bare and quoted', () => {
  expect(idempotencyKeyFrom('k1')).toBe('k1')
  expect(idempotencyKeyFrom('"k1"')).toBe('k1')
  expect(idempotencyKeyFrom(undefined)).toBeUndefined()
})

test.each(['!', '~', 'k'.repeat(255), 'a"b', "it's", '{"a":1}'])('%s is a key', (key) => {
  expect(idempotencyKeyFrom(key)).toBe(key)
})
test('255 characters may be quoted', () => {
  expect(idempotencyKeyFrom(`"${'k'.repeat(255)}"`)).toBe('k'.repeat(255))
})

test.each([
  ['nothing', ''],
  ['no character in quotes', '""'],
  ['a quote alone', '"'],
  ['half a pair of quotes', '"k1'],
  ['a space', 'k 1'],
  ['two headers', 'k1, k2'],
  ['256 characters', 'k'.repeat(256)],
  ['256 characters in quotes', `"${'k'.repeat(256)}"`],
  ['a control character', 'k\x7f'],
  ['another alphabet', 'ключ'],
])('%s is refused', (_what, header) => {
  expect(() => idempotencyKeyFrom(header)).toThrow(
    expect.objectContaining({
      code: 'INVALID_IDEMPOTENCY_KEY',
      message: 'Idempotency-Key must be 1–255 visible characters',
      param: 'Idempotency-Key',
    }),
  )
})
