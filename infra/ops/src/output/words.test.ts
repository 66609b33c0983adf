import { expect, test } from '@jest/globals'
import { count, dollars, many, sentence, signed, when, whenExactly } from './words.ts'

test('numbers', () => {
  expect([count(99_904), count(-96), count(0)]).toEqual(['99,904', '−96', '0'])
  expect([signed(1_000), signed(-96), signed(0)]).toEqual(['+1,000', '−96', '0'])
  expect([many(1, 'credit'), many(0, 'credit'), many(2_000, 'credit')]).toEqual([
    '1 credit',
    '0 credits',
    '2,000 credits',
  ])
})

test.each([
  [6_000, '$0.006'],
  [96_000, '$0.096'],
  [336_000, '$0.336'],
  [1, '$0.000001'],
  [500_000, '$0.50'],
  [12_000_000, '$12.00'],
])('%d millionths are %s', (micros, text) => {
  expect(dollars(micros)).toBe(text)
})

test('times are in UTC', () => {
  expect(when('2026-11-24T12:01:03.221Z')).toBe('2026-11-24 12:01:03Z')
  expect(whenExactly('2026-11-24T12:01:03.221Z')).toBe('2026-11-24 12:01:03.221Z')
})

test('a sentence is one line, ends once, and steers no terminal', () => {
  expect(sentence('Done')).toBe('Done.')
  expect(sentence('Done?')).toBe('Done?')
  expect(sentence('Red \u001B[31malert\r\nnow\u202E')).toBe('Red  [31malert now .')
})
