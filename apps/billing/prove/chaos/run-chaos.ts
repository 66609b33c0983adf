import { openDb } from '@upscale/db'
import type { BillingDb } from '../../src/db/schema/index.ts'
import { newTaskId } from '../../tests/test-billing.ts'
import type { BillingTest } from '../../tests/test-billing.ts'
import { auditUntil } from './auditor.ts'
import { openAccounts, payerOf } from './chaos-accounts.ts'
import type { ChaosAccounts } from './chaos-accounts.ts'
import { judge } from './judge.ts'
import { planLives } from './life-plan.ts'
import type { LifePlan } from './life-plan.ts'
import { liveLife } from './live-life.ts'
import { readBooks } from './read-books.ts'
import { sabotage } from './saboteur.ts'
import type { Damage, Sabotage } from './saboteur.ts'
import { openTaskBooks } from './task-books.ts'
import type { LifeRecord } from './task-books.ts'
import type { Tally } from './until-answered.ts'
import { Witness } from './witness.ts'

export interface ChaosPlan {
  /** Decides what happens in each life; how lives meet is the machine's. */
  seed: number
  lives: number
  sabotage: Sabotage
  /** Told after each life. */
  onLife?: (done: number) => void
}

export interface ChaosReport extends Tally, Damage {
  /** That came to their end; all of them, unless something was violated. */
  lives: number
  tookMs: number
  violations: string[]
}

const WORKERS = 20
const CONNECTIONS = 4 // of a worker: what belongs to one life happens at the same time

/** Lives of many jobs at once on few accounts while connections and servers are killed; then the books. */
export async function runChaos(billing: BillingTest, plan: ChaosPlan): Promise<ChaosReport> {
  const began = Date.now()
  const tally = { calls: 0, lostReplies: 0, brokenCalls: 0 }
  const witness = new Witness()
  const accounts = await openAccounts(billing, witness)
  const crowd = openCrowd(plan, { witness, tally, accounts })
  const isOver = () => crowd.progress() === 1

  const [damage] = await Promise.all([
    sabotage(billing.admin, plan.sabotage, crowd.progress),
    auditUntil(isOver, { db: billing.db, witness, tally }),
    ...Array.from({ length: WORKERS }, () => crowd.work(billing)),
  ])
  const books = await readBooks(billing.admin, [...accounts.poor, ...accounts.rich])
  const violations = [...witness.violations, ...judge(books, crowd.records, witness)]
  return { lives: crowd.done(), ...tally, ...damage, violations, tookMs: Date.now() - began }
}

interface Scene {
  witness: Witness
  tally: Tally
  accounts: ChaosAccounts
}

/** Workers that share the lives of a plan, until all are lived or one has shown a violation. */
function openCrowd({ seed, lives, onLife }: ChaosPlan, { witness, tally, accounts }: Scene) {
  const plans = planLives(seed, lives).values()
  const records: LifeRecord[] = []
  let [done, working] = [0, WORKERS]

  const live = async (db: BillingDb, plan: LifePlan) => {
    const names = { task: newTaskId(), account: payerOf(accounts, plan) }
    const books = openTaskBooks({ db, witness, tally }, plan, names)
    records.push(books.record)
    await liveLife(books, plan).catch((error: unknown) => {
      witness.report(`${names.task}: ${error instanceof Error ? error.message : String(error)}`)
    })
    done += 1
    onLife?.(done)
  }

  return {
    records,
    done: () => done,
    /** 0–1; 1: nobody is at work any more. */
    progress: () => (working === 0 ? 1 : (0.999 * done) / lives),

    async work({ config }: BillingTest): Promise<void> {
      const db: BillingDb = openDb({ ...config.db, poolMax: CONNECTIONS })
      for (const plan of plans) {
        await live(db, plan)
        if (witness.violations.length > 0) break
      }
      await db.destroy()
      working -= 1
    },
  }
}
