import { deepStrictEqual } from 'node:assert/strict'
import * as fc from 'fast-check'
import { balanceOf, linesOf, problemsIn } from '../../tests/ledger-calls.ts'
import { newTaskId } from '../../tests/test-billing.ts'
import type { BillingTest } from '../../tests/test-billing.ts'
import { LedgerModel } from './ledger-model.ts'
import { playStep } from './play-step.ts'
import type { Cast } from './play-step.ts'
import { step } from './step.ts'
import type { Step } from './step.ts'

export interface ModelPlan {
  runs: number
  seed?: number | undefined
  /** Looks for the shortest row of steps that still fails, for people to read. */
  shrink: boolean
}

export interface ModelReport {
  runs: number
  calls: number
  seed: number
  /** The first difference between ledger and model; null: there is none. */
  failure: string | null
}

// Enough for some tasks, too little for all.
const FIRST_CREDITS = [150n, 20n] as const

/** Plays rows of steps on the ledger and on the model: every answer, line and balance must be the same. */
export async function checkModel(billing: BillingTest, plan: ModelPlan): Promise<ModelReport> {
  let calls = 0
  const rows = fc.array(step, { minLength: 12, maxLength: 48 })
  const property = fc.asyncProperty(rows, async (steps) => {
    calls += steps.length
    await playSteps(billing, steps)
  })
  const details = await fc.check(property, {
    numRuns: plan.runs,
    endOnFailure: !plan.shrink,
    ...(plan.seed !== undefined && { seed: plan.seed }),
  })
  const { numRuns: runs, seed } = details
  return { runs, calls, seed, failure: (await failureOf(details)) ?? (await booksProblem(billing)) }
}

async function failureOf(details: fc.RunDetails<[Step[]]>): Promise<string | null> {
  if (!details.failed) return null
  const { errorInstance: error } = details
  const said = error instanceof Error ? error.message : String(error)
  return `${said}\n${await fc.asyncDefaultReportMessage(details)}`
}

async function playSteps(billing: BillingTest, steps: readonly Step[]): Promise<void> {
  const { db } = billing
  const balances = await openAccounts(billing)
  const cast = newCast([...balances.keys()])
  const model = new LedgerModel(balances)
  for (const [index, step] of steps.entries()) {
    const [answer, expected] = await playStep(db, model, cast, step)
    deepStrictEqual(
      answer,
      expected,
      `step ${index + 1}, ${step.call}: ${unlike(answer, expected)}`,
    )
  }
  for (const [account, balance] of model.balances)
    deepStrictEqual(await balanceOf(db, account), balance, `balance of ${account}`)
  for (const task of cast.tasks) {
    const due = model.lines.get(task) ?? []
    // An adjustment that names the task may stand in another account: no order between the two.
    deepStrictEqual((await linesOf(db, task)).sort(), due.sort(), `lines of ${task}`)
  }
}

async function openAccounts(billing: BillingTest): Promise<Map<string, bigint>> {
  const paying = await Promise.all(FIRST_CREDITS.map((credits) => billing.account(credits)))
  const balances = new Map<string, bigint>(
    paying.map((id, index) => [id, FIRST_CREDITS[index] ?? 0n]),
  )
  return balances.set(paying[0]?.replace(/live$/, 'test') ?? '', 0n)
}

const newCast = (open: readonly string[]): Cast => ({
  accounts: [...open, 'nobody:live'],
  tasks: Array.from({ length: 3 }, newTaskId),
  keys: Array.from({ length: 5 }, newTaskId),
})

async function booksProblem({ admin }: BillingTest): Promise<string | null> {
  const [problem] = await problemsIn(admin)
  return problem === undefined ? null : `the books are wrong: ${textOf(problem)}`
}

/** Where the two differ, field by field. */
function unlike(answer: unknown, expected: unknown): string {
  if (!isRow(answer) || !isRow(expected)) return `${textOf(answer)} instead of ${textOf(expected)}`
  return Object.keys(expected)
    .filter((name) => answer[name] !== expected[name])
    .map((name) => `${name} ${textOf(answer[name])} instead of ${textOf(expected[name])}`)
    .join(', ')
}

const isRow = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? Number(part) : part))
