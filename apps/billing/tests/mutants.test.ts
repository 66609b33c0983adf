import { expect, test } from '@jest/globals'
import { CONTROL, MUTANTS } from '../prove/mutants/mutants.ts'
import { huntMutant } from '../prove/mutants/hunt-mutant.ts'

// The model plays the same rows in every run. What needs two callers at once shows in its first lives.
const MODEL = { seed: 5, modelRuns: 100, lives: 0 }
const CHAOS = { seed: 5, modelRuns: 0, lives: 200 }

const QUICK = MUTANTS.filter(({ needsChaos }) => needsChaos !== 'seldom') // `prove` has time for all

test.each(QUICK)('planted bug "$name" is caught', async (mutant) => {
  expect(await huntMutant(mutant, mutant.needsChaos ? CHAOS : MODEL)).toHaveLength(1)
})

test.each([
  ['model', MODEL],
  ['chaos', CHAOS],
])('without a bug the %s catches nothing', async (_by, budget) => {
  expect(await huntMutant(CONTROL, budget)).toEqual([])
})
