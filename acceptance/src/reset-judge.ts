import { isDeepStrictEqual } from 'node:util'
import { violationsOf } from './reset-books.ts'
import type { Books } from './reset-books.ts'
import { describeHistory } from './reset-history.ts'
import type { Job } from './reset-jobs.ts'
import type { Stage } from './reset-stage.ts'

/** What a job came to, and whether its books are right. */
export interface Judgement {
  taskId: string
  books: Books
  /** The books are right only since a pass of the reconciler. */
  reconciled: boolean
  /** Empty: as the ledger's rules want it. */
  wrong: string[]
  /** Events of its newest run. */
  history: string[]
}

/** How a job may end, as far as that is known. */
export interface Expected {
  status: string
  charges?: string[]
  run: string
}

/** Compares the books of a job whose runs are closed with the rules, and with the ways it may end in. */
export async function judge(
  { books, operator }: Stage,
  { taskId, payer }: Job,
  allowed: readonly Expected[],
  delivered?: Books,
): Promise<Judgement> {
  const found = await books.read(payer.us, taskId)
  const history = await operator.temporal.workflow.getHandle(taskId).fetchHistory()
  return {
    taskId,
    books: found,
    reconciled: false,
    wrong: [...violationsOf(found, delivered), ...differencesOf(found, allowed)],
    history: describeHistory(history),
  }
}

function differencesOf({ charges, status, run }: Books, allowed: readonly Expected[]): string[] {
  const is = { charges, status, run }
  if (allowed.some((expected) => isDeepStrictEqual(is, { charges, ...expected }))) return []
  return [
    `expected ${allowed.map((it) => JSON.stringify(it)).join(' or ')}, is ${JSON.stringify(is)}`,
  ]
}
