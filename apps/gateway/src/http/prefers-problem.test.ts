import { expect, test } from '@jest/globals'
import { prefersProblem } from './prefers-problem.ts'

test.each([
  'application/problem+json',
  'application/problem+json, application/json;q=0.9',
  'application/json;q=0.5, application/problem+json;q=0.6',
  'APPLICATION/PROBLEM+JSON, */*;q=0.1',
  'application/problem+json, application/json;q=0',
])('%s gets problem details', (accept) => {
  expect(prefersProblem(accept)).toBe(true)
})

test.each([
  undefined,
  '',
  '*/*',
  'application/*',
  'application/json',
  'application/json, application/problem+json',
  'application/problem+json, */*',
  'application/problem+json;q=0.5, application/json',
  'application/problem+json;q=0',
  'application/problem+json;q=x',
  'text/html, application/problem+jsonx',
])('%p gets the envelope', (accept) => {
  expect(prefersProblem(accept)).toBe(false)
})
