import { expect, test } from '@jest/globals'
import { portsOf, readPort } from './ports.ts'

test('the API has the base port, and every other part a port of its own right after it', () => {
  const ports = Object.values(portsOf(4100))
  expect(portsOf(4100).api).toBe(4100)
  expect(ports.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, i) => 4100 + i))
})

test.each(['80', '65526', '4000.5', 'x', ''])('%s is no base port', (text) => {
  expect(() => readPort(text)).toThrow('--port must be a whole number from 1024 to 65525.')
})

test('the highest base port leaves room for the others', () => {
  expect(Math.max(...Object.values(portsOf(readPort('65525'))))).toBe(65_535)
})
