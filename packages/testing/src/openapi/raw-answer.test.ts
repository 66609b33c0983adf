import { expect, test } from '@jest/globals'
import { readRawAnswer } from './raw-answer.ts'

test('status, headers and body are read as they stand', () => {
  const text = 'HTTP/1.1 400 Bad Request\r\nRequest-Id: req_1\r\nAllow: GET\r\n\r\n{"a":"\r\n\r\n"}'
  const { status, headers, body } = readRawAnswer(text)
  expect([status, body]).toEqual([400, '{"a":"\r\n\r\n"}'])
  expect([...headers]).toEqual([
    ['allow', 'GET'],
    ['request-id', 'req_1'],
  ])
})

test.each(['', 'hello', 'HTTP/1.1 200'])('%j is no answer', (text) => {
  expect(() => readRawAnswer(text)).toThrow('No HTTP/1.1 answer')
})
