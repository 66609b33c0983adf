import { expect, test } from '@jest/globals'
import { CONTROL, MUTANTS } from '../prove/mutants/mutants.ts'
import type { Mutant } from '../prove/mutants/mutants.ts'
import { huntMutant } from '../prove/mutants/hunt-mutant.ts'

// The model plays the same rows in every run. What needs two callers at once shows in its first lives.
const MODEL = { seed: 5, modelRuns: 100, lives: 0 }
const CHAOS = { seed: 5, modelRuns: 0, lives: 200 }

const QUICK = MUTANTS.filter(({ needsChaos }) => needsChaos !== 'seldom') // `prove` has time for all

test.each(QUICK)('planted bug "$name" is caught', async (mutant) => {
  expect(await huntMutant(mutant, mutant.needsChaos ? CHAOS : MODEL)).toHaveLength(1)
})

const BROKEN: Mutant = {
  name: 'names what is not there',
  edits: [{ in: 'billing.settle', from: 'billing.tell(', to: 'billing.no_such_function(' }],
}

test.each([
  ['model', MODEL],
  ['chaos', { ...CHAOS, lives: 100 }],
])('a bug that was planted wrong is no catch of the %s', async (_by, budget) => {
  await expect(huntMutant(BROKEN, budget)).rejects.toThrow(
    'mutant "names what is not there" was planted wrong: ',
  )
})

test.each([
  ['model', MODEL],
  ['chaos', CHAOS],
])('without a bug the %s catches nothing', async (_by, budget) => {
  expect(await huntMutant(CONTROL, budget)).toEqual([])
})
