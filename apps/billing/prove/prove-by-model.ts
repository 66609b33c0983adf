import { testBilling } from '../tests/test-billing.ts'
import type { Budget } from './budget.ts'
import { checkModel } from './model/check-model.ts'
import { count, seconds, table } from './table.ts'

/** Ledger against model, one call after the other. Number of differences found, at most one. */
export async function proveByModel({ seed, modelRuns }: Budget): Promise<number> {
  const began = Date.now()
  await using billing = await testBilling()
  const { runs, calls, failure } = await checkModel(billing, {
    seed,
    runs: modelRuns,
    shrink: true,
  })
  const violations = failure === null ? 0 : 1
  process.stdout.write(
    `\nledger and model, call by call\n${table([
      ['rows of calls', count(runs)],
      ['calls', count(calls)],
      ['differences', count(violations)],
      ['took', seconds(Date.now() - began)],
    ])}`,
  )
  if (failure !== null) process.stdout.write(`${failure}\n`)
  return violations
}
