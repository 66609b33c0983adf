import { expect, test } from '@jest/globals'
import { portsOf, readGateways, readPort } from './ports.ts'

function allPortsOf(base: number, gateways: number): number[] {
  const { furtherGateways, ...named } = portsOf(base, gateways)
  const further = furtherGateways.flatMap(({ api, internal }) => [api, internal])
  return [...Object.values(named), ...further].toSorted((a, b) => a - b)
}

test.each([
  [1, 11],
  [2, 13],
  [4, 17],
])('%i gateways: the API has the base port, the other parts those after it', (gateways, count) => {
  expect(portsOf(4100).api).toBe(4100)
  expect(allPortsOf(4100, gateways)).toEqual(Array.from({ length: count }, (_, i) => 4100 + i))
})

test('further gateways are counted on from the first', () => {
  expect(portsOf(4100, 3).furtherGateways).toEqual([
    { name: 'gateway-2', api: 4111, internal: 4112 },
    { name: 'gateway-3', api: 4113, internal: 4114 },
  ])
})

test.each(['80', '65520', '4000.5', 'x', ''])('%s is no base port', (text) => {
  expect(() => readPort(text)).toThrow('--port must be a whole number from 1024 to 65519.')
})

test('the highest base port leaves room for the others', () => {
  expect(Math.max(...allPortsOf(readPort('65519'), 4))).toBe(65_535)
})

test.each(['0', '5', '1.5', 'two', ''])('%s is no number of gateways', (text) => {
  expect(() => readGateways(text)).toThrow('--gateways must be a whole number from 1 to 4.')
})
