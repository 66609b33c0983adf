import { sqlStateOf } from '../src/ledger/ledger-failures.ts'

const SAYS = 'a constraint stopped a bug'

/**
 * A constraint or a guard refused what a function of the ledger tried. No key is used on two accounts here,
 * so a key that is taken is a bug as well.
 */
export const isConstraintStop = (error: unknown): boolean =>
  sqlStateOf(error)?.startsWith('23') ?? false

export const constraintStop = (error: unknown): Error =>
  new Error(`${SAYS}: ${error instanceof Error ? error.message : String(error)}`)

export const isByConstraint = (finding: string): boolean => finding.includes(SAYS)
