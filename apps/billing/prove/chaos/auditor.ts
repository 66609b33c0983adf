import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Desk } from './task-books.ts'
import { untilAnswered } from './until-answered.ts'

const PAUSE_MS = 250

/** Proves the books in mid-work, as the reconciler does: they are right at every moment. */
export async function auditUntil(over: () => boolean, { db, witness, tally }: Desk): Promise<void> {
  while (!over()) {
    await sleep(PAUSE_MS)
    const proof = () =>
      sql<{ accountId: string; problem: string }>`select * from billing.prove()`.execute(db)
    const { rows } = await untilAnswered(proof, 0, tally)
    for (const { accountId, problem } of rows)
      witness.report(`${accountId}, while jobs run: ${problem}`)
  }
}
