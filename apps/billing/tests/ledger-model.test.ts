import { expect, test } from '@jest/globals'
import { randomInt } from 'node:crypto'
import { envInt } from '@upscale/runtime'
import { checkModel } from '../prove/model/check-model.ts'
import { testBilling } from './test-billing.ts'

const RUNS = envInt(process.env, 'MODEL_RUNS', 120)

test('every answer, line and balance equals the model’s, in whatever order calls come', async () => {
  const seed = envInt(process.env, 'SEED', randomInt(2 ** 31))
  await using billing = await testBilling()
  const { runs, failure } = await checkModel(billing, { runs: RUNS, seed, shrink: true })
  expect(failure).toBeNull()
  expect(runs).toBe(RUNS)
})
