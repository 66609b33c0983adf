import { expect, test } from '@jest/globals'
import { AppError } from '@upscale/types'
import { CURSOR_TIME, decodeCursor, encodeCursor } from './cursor.ts'

const SHAPE = [/^\d{1,19}$/, /^task_/]

test('a cursor gives back what it was made of', () => {
  const cursor = encodeCursor([9007199254740993n, 'task_a/ü'])
  expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/)
  expect(decodeCursor(cursor, SHAPE)).toEqual(['9007199254740993', 'task_a/ü'])
})

test.each([
  ['nothing', ''],
  ['no JSON', 'abc'],
  ['another shape', encodeCursor(['1'])],
  ['other text in it', encodeCursor(['1; drop table', 'task_a'])],
  ['no texts', Buffer.from('[1,2]').toString('base64url')],
])('%s is refused as the parameter cursor', (_what, cursor) => {
  const error = caught(() => decodeCursor(cursor, SHAPE))
  expect(error).toBeInstanceOf(AppError)
  expect(error).toMatchObject({ code: 'INVALID_PARAMETER', param: 'cursor' })
})

test.each([
  ['2026-02-28T23:59:59.999Z', true],
  ['0001-01-01T00:00:00.000Z', true],
  ['0000-01-01T00:00:00.000Z', false],
  ['2026-02-31T00:00:00.000Z', false],
  ['2026-01-01T24:00:00.000Z', false],
  ['+010000-01-01T00:00:00.000Z', false],
  ['2026-01-01', false],
  ['infinity', false],
])('the time %s is one of a cursor: %s', (text, isOne) => {
  expect(CURSOR_TIME.test(text)).toBe(isOne)
})

function caught(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
