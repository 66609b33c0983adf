import type { IncomingMessage } from 'node:http'
import { expect, test } from '@jest/globals'
import { requireBearer } from './bearer-secret.ts'

const passes = (authorization?: string): boolean => {
  let isThrough = false
  const req = { headers: { authorization } } as IncomingMessage
  requireBearer('hush')(req, undefined, () => (isThrough = true))
  return isThrough
}

test('the secret opens', () => {
  expect(passes('Bearer hush')).toBe(true)
})

test.each([undefined, '', 'hush', 'Bearer hus', 'Bearer hush '])('%j does not', (authorization) => {
  expect(() => passes(authorization)).toThrow(expect.objectContaining({ code: 'INVALID_API_KEY' }))
})
