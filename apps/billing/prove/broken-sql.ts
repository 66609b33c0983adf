import { sqlStateOf } from '../src/ledger/ledger-failures.ts'

const SAYS = 'the SQL itself is broken'

/** A function names what is not there (class 42), or computes with what does not fit (class 22). */
export const isBrokenSql = (error: unknown): boolean => /^(22|42)/.test(sqlStateOf(error) ?? '')

export const brokenSql = (error: unknown): Error =>
  new Error(`${SAYS}: ${error instanceof Error ? error.message : String(error)}`)

export const saysBrokenSql = (finding: string): boolean => finding.includes(SAYS)
