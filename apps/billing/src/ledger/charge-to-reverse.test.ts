import { expect, test } from '@jest/globals'
import type { ChargeState } from '@upscale/types'
import { chargeToReverse } from './charge-to-reverse.ts'

const generations = (...states: ChargeState[]) =>
  states.map((state, i) => ({ state, generation: i + 1 }))

test.each<[ChargeState[], number]>([
  [['settled'], 1],
  [['refunded', 'settled'], 2],
  [['reversed', 'rejected'], 1],
  [['reversed', 'voided'], 1],
  [['reversed', 'refunded'], 2],
  [['refunded', 'waived'], 2],
  [['voided', 'rejected'], 2],
])('of %j it is generation %d', (states, generation) => {
  expect(chargeToReverse(generations(...states))?.generation).toBe(generation)
})

test('a task without a charge has none', () => {
  expect(chargeToReverse([])).toBeUndefined()
})
