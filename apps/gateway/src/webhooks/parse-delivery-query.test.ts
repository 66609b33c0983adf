import { expect, test } from '@jest/globals'
import { parseDeliveryQuery } from './parse-delivery-query.ts'

test('without a word it is the first page of all', () => {
  expect(parseDeliveryQuery({ other: 'x' })).toEqual({ limit: 20 })
})

test('takes what it knows', () => {
  const task_id = 'task_0123456789abcdefABCDEFGH'
  expect(parseDeliveryQuery({ task_id, status: 'failed', limit: '100', cursor: 'abc' })).toEqual({
    taskId: task_id,
    status: 'failed',
    limit: 100,
    after: 'abc',
  })
})

test.each([
  [{ limit: '0' }, 'limit', 'limit must be between 1 and 100'],
  [{ limit: '101' }, 'limit', 'limit must be between 1 and 100'],
  [{ limit: 'x' }, 'limit', 'limit must be between 1 and 100'],
  [{ limit: '0x10' }, 'limit', 'limit must be between 1 and 100'],
  [{ limit: '' }, 'limit', 'limit must be between 1 and 100'],
  [{ limit: '1e1' }, 'limit', 'limit must be between 1 and 100'],
  [{ limit: ['1', '2'] }, 'limit', 'limit must be given once'],
  [{ status: 'sent' }, 'status', 'status must be one of pending, delivered, failed'],
  [{ task_id: 'x' }, 'task_id', expect.stringMatching(/^task_id must be the id of a task/)],
  [{ cursor: 'x'.repeat(201) }, 'cursor', expect.stringMatching(/^cursor is not valid/)],
])('%j', (query, param, message) => {
  expect(() => parseDeliveryQuery(query)).toThrow(
    expect.objectContaining({ code: 'INVALID_PARAMETER', param, message }),
  )
})
