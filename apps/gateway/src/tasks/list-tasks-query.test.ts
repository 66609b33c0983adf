import { expect, test } from '@jest/globals'
import type { AppError } from '@upscale/types'
import { parseListTasksQuery } from './list-tasks-query.ts'

test('nothing is asked for: the newest twenty', () => {
  expect(parseListTasksQuery({ unknown: '1' })).toEqual({
    limit: 20,
    cursor: undefined,
    status: undefined,
    createdAfter: undefined,
    createdBefore: undefined,
  })
})

test('each parameter', () => {
  const query = {
    limit: '100',
    cursor: 'abc',
    status: 'failed',
    created_after: '2026-02-14T12:00:00Z',
    created_before: '2026-02-14T14:00:00.5+01:00',
  }
  expect(parseListTasksQuery(query)).toEqual({
    limit: 100,
    cursor: 'abc',
    status: 'failed',
    createdAfter: new Date('2026-02-14T12:00:00.000Z'),
    createdBefore: new Date('2026-02-14T13:00:00.500Z'),
  })
})

const LIMIT = 'limit must be between 1 and 100'
const AFTER = /^created_after must be a time in ISO 8601, such as/

test.each<[Record<string, unknown>, string, string | RegExp]>([
  [{ limit: '0' }, 'limit', LIMIT],
  [{ limit: '101' }, 'limit', LIMIT],
  [{ limit: '' }, 'limit', LIMIT],
  [{ limit: '1e1' }, 'limit', LIMIT],
  [{ limit: '0x10' }, 'limit', LIMIT],
  [{ limit: '1.5' }, 'limit', LIMIT],
  [{ limit: ['1', '2'] }, 'limit', 'limit must be given once'],
  [{ status: ['failed', 'failed'] }, 'status', 'status must be given once'],
  [
    { status: 'running' },
    'status',
    'status must be one of pending, processing, completed, failed, canceled',
  ],
  [{ cursor: 'x'.repeat(201) }, 'cursor', /^cursor is not valid/],
  [{ created_after: 'yesterday' }, 'created_after', AFTER],
  [{ created_after: '2026-02-31T12:00:00Z' }, 'created_after', AFTER],
  [{ created_after: '2026-02-14T12:00:00' }, 'created_after', AFTER],
  [{ created_after: '2026-02-14T12:00:00 01:00' }, 'created_after', AFTER],
  [{ created_before: '' }, 'created_before', /^created_before must be a time/],
])('%j is refused', (query, param, message) => {
  const error = thrown(() => parseListTasksQuery(query))
  expect(error).toMatchObject({ code: 'INVALID_PARAMETER', param })
  expect((error as AppError).message).toEqual(
    typeof message === 'string' ? message : expect.stringMatching(message),
  )
})

function thrown(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
