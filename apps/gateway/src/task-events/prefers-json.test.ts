import { expect, test } from '@jest/globals'
import { prefersJson } from './prefers-json.ts'

test.each([
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['text/event-stream', false],
  ['application/json', true],
  ['Application/JSON', true],
  ['application/*', true],
  ['text/*', false],
  ['application/json, text/event-stream', false],
  ['application/json;q=0.5, text/event-stream', false],
  ['application/json, text/event-stream;q=0.9', true],
  ['application/json, text/plain, */*', true],
  ['text/event-stream, */*', false],
  ['application/json;q=0.4, */*;q=0.5', false],
  ['application/json, text/event-stream;q=0', true],
  ['image/png', false],
])('%s', (accept, isJson) => {
  expect(prefersJson(accept)).toBe(isJson)
})
