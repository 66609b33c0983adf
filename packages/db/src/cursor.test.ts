import { expect, test } from '@jest/globals'
import { AppError } from '@upscale/types'
import { decodeCursor, encodeCursor } from './cursor.ts'

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

function caught(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
