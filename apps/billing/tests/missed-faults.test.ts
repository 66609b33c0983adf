import { expect, test } from '@jest/globals'
import { missedFaults } from '../prove/chaos/missed-faults.ts'

const suffered = { lives: 20, lostReplies: 3, connectionKills: 2, serverKills: 1 }

test('a run that had its lives and every kind of fault misses nothing', () => {
  expect(missedFaults(suffered, 20)).toEqual([])
})

test.each([
  ['lives', 19, '19 of 20 lives were lived'],
  ['lostReplies', 0, 'no reply was lost'],
  ['connectionKills', 0, 'no connection was killed'],
  ['serverKills', 0, 'no server was killed'],
])('%s at %d is said', (fault, times, sentence) => {
  expect(missedFaults({ ...suffered, [fault]: times }, 20)).toEqual([sentence])
})
