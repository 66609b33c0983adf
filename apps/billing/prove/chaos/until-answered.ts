import { setTimeout as sleep } from 'node:timers/promises'
import { refusalOf, sqlStateOf } from '../../src/ledger/ledger-failures.ts'
import { brokenSql, isBrokenSql } from '../broken-sql.ts'
import { constraintStop, isConstraintStop } from '../constraint-stop.ts'

/** What happened to the calls of a chaos run. */
export interface Tally {
  calls: number
  /** Done and answered, the answer thrown away. */
  lostReplies: number
  /** Ended by a broken connection, a dead server or a time limit. */
  brokenCalls: number
}

/** The ledger understood a call and refused it. */
export class Refusal extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(`refused with ${code}: ${message}`)
    this.code = code
  }
}

const LONGEST_PAUSE_MS = 200
const PATIENCE_MS = 60_000 // a killed server is back in seconds

/** Repeats a call as Temporal repeats an activity: until an answer is there, and is not lost on its way. */
export async function untilAnswered<T>(
  ask: () => Promise<T>,
  lost: number,
  tally: Tally,
): Promise<T> {
  const began = Date.now()
  for (let losses = 0, pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      tally.calls += 1
      const answer = await ask()
      if (losses === lost) return answer
      losses += 1
      tally.lostReplies += 1
    } catch (error) {
      throwIfFinal(error)
      if (Date.now() - began > PATIENCE_MS) throw new Error('no answer came', { cause: error })
      tally.brokenCalls += 1
      await sleep(pauseMs)
    }
  }
}

/** Throws what no repeat would change; a deadlock too, which the order of locks rules out. */
function throwIfFinal(error: unknown): void {
  if (isConstraintStop(error)) throw constraintStop(error)
  const refusal = refusalOf(error)
  if (refusal !== undefined) throw new Refusal(refusal, (error as Error).message)
  if (isBrokenSql(error)) throw brokenSql(error)
  if (sqlStateOf(error) === '40P01') throw error
}
