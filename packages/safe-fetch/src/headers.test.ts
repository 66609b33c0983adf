import { expect, test } from '@jest/globals'
import { contentLengthOf, contentRangeOf, refuseEncoding, validatorOf } from './headers.ts'

test.each([
  [undefined, undefined],
  ['0', 0],
  [' 12 ', 12],
  ['1073741825', 1_073_741_825],
])('Content-Length %j is %j bytes', (value, bytes) => {
  expect(contentLengthOf({ 'content-length': value })).toBe(bytes)
})

test.each(['', '-1', '+1', '1.5', '0x10', '1e3', '1, 1', '9'.repeat(16)])(
  'Content-Length %j is a bad response',
  (value) => {
    expect(() => contentLengthOf({ 'content-length': value })).toThrow('invalid Content-Length')
  },
)

test('a repeated header is a bad response', () => {
  const headers = { 'content-length': ['1', '1'] }
  expect(() => contentLengthOf(headers)).toThrow('the server repeated the header content-length')
})

test.each([
  ['bytes 0-9/10', { start: 0, end: 10, total: 10 }],
  ['Bytes 5-5/10', { start: 5, end: 6, total: 10 }],
  ['bytes 0-9/*', { start: 0, end: 10, total: undefined }],
])('reads Content-Range %j', (value, range) => {
  expect(contentRangeOf({ 'content-range': value })).toEqual(range)
})

test.each([
  undefined,
  '',
  'bytes */10',
  'bytes 0-9',
  'bytes 0-9/9',
  'bytes 9-0/10',
  'bytes -5-9/10',
  'bytes 0-9/-1',
  'bytes 0-9/10, bytes 0-9/10',
  'items 0-9/10',
])('Content-Range %j is a bad response', (value) => {
  expect(() => contentRangeOf({ 'content-range': value })).toThrow('invalid Content-Range')
})

test.each([
  [{}, undefined],
  [{ etag: '"a"', 'last-modified': 'Tue' }, '"a"'],
  [{ etag: '', 'last-modified': 'Tue' }, 'Tue'],
  [{ etag: 'x'.repeat(257) }, undefined],
])('the validator of %j is %j', (headers, validator) => {
  expect(validatorOf(headers)).toBe(validator)
})

test.each(['gzip', 'br', 'identity, gzip', 'x'])('encoding %s is refused', (value) => {
  expect(() => refuseEncoding({ 'content-encoding': value })).toThrow('compressed')
})

test.each(['gzip, chunked', 'gzip', ''])('transfer encoding %j is refused', (value) => {
  expect(() => refuseEncoding({ 'transfer-encoding': value })).toThrow('compressed')
})

test.each([undefined, '', 'identity', 'Identity'])('encoding %j passes', (value) => {
  expect(() => refuseEncoding({ 'content-encoding': value })).not.toThrow()
})
