import { testBilling } from '../../tests/test-billing.ts'
import type { BillingTest } from '../../tests/test-billing.ts'
import { runChaos } from '../chaos/run-chaos.ts'
import { saysBrokenSql } from '../broken-sql.ts'
import { isByConstraint } from '../constraint-stop.ts'
import { checkModel } from '../model/check-model.ts'
import type { Mutant } from './mutants.ts'
import { plantMutant } from './plant-mutant.ts'

export interface HuntBudget {
  seed: number
  /** Rows of steps that the model plays; 0: not asked. */
  modelRuns: number
  /** Job lives; 0: not asked. */
  lives: number
}

/** How a bug was found. */
export interface Catch {
  by: 'model' | 'chaos'
  /** Rows of steps, or job lives, until then. */
  runs: number
  /** A constraint refused what the bug tried, before the books could be wrong. */
  isByConstraint: boolean
  said: string
}

const ROUND = 100 // lives, after which the books are looked at
const SABOTAGE = { everyMs: 200, serverKills: 0 }

/**
 * Plays the model and the chaos, each on a database with this bug, until the bug shows. Throws where SQL
 * no longer runs: what a bug that was planted wrong leads to proves nothing.
 */
export async function huntMutant(mutant: Mutant, budget: HuntBudget): Promise<Catch[]> {
  const found: Catch[] = []
  if (budget.modelRuns > 0) found.push(...(await onMutant(mutant, huntByModel, budget)))
  if (budget.lives > 0) found.push(...(await onMutant(mutant, huntByChaos, budget)))
  return found
}

type Hunt = (billing: BillingTest, budget: HuntBudget) => Promise<Catch[]>

async function onMutant(mutant: Mutant, hunt: Hunt, budget: HuntBudget): Promise<Catch[]> {
  await using billing = await testBilling()
  await plantMutant(billing.admin, mutant)
  const found = await hunt(billing, budget)
  const broken = found.find(({ said }) => saysBrokenSql(said))
  if (broken) throw new Error(`mutant "${mutant.name}" was planted wrong: ${broken.said}`)
  return found
}

const huntByModel: Hunt = async (billing, { seed, modelRuns }) => {
  const { runs, failure } = await checkModel(billing, { runs: modelRuns, seed, shrink: false })
  return failure === null ? [] : [catchOf('model', runs, failure)]
}

const huntByChaos: Hunt = async (billing, budget) => {
  for (let lives = 0; lives < budget.lives;) {
    const plan = { seed: budget.seed + lives, lives: ROUND, sabotage: SABOTAGE }
    const report = await runChaos(billing, plan)
    lives += report.lives
    const { violations } = report
    const violation = violations.find(saysBrokenSql) ?? violations[0] // the others come of it
    if (violation !== undefined) return [catchOf('chaos', lives, violation)]
  }
  return []
}

const catchOf = (by: Catch['by'], runs: number, said: string): Catch => ({
  by,
  runs,
  isByConstraint: isByConstraint(said),
  said: said.split('\n')[0] ?? '',
})
