import { AppError, quoteExpired } from '@upscale/types'
import type { DebitInput } from '@upscale/types'

/** PostgreSQL's five-character code of an error; undefined where the server did not answer. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' && SQL_STATE.test(error.code) ? error.code : undefined
}

const SQL_STATE = /^[0-9A-Z]{5}$/

/** A constraint or a guard refused: never the caller's fault, always a bug of ours. */
export const isConstraintStop = (error: unknown): boolean =>
  (sqlStateOf(error)?.startsWith('23') ?? false) && !isKeyTaken(error)

/** Two grants under one key on two accounts in the same moment: the first one has it. */
export const isKeyTaken = (error: unknown): boolean =>
  error instanceof Error && 'constraint' in error && error.constraint === 'entry_key_once'

/** `LG404`, `LG409`, `LG422`, `LG402`: the ledger understood the call and refuses it. */
export const refusalOf = (error: unknown): string | undefined => {
  const state = sqlStateOf(error)
  return state?.startsWith('LG') ? state : undefined
}

/** The number that goes with some refusals, as its text. */
export const detailOf = (error: unknown): string =>
  error instanceof Error && 'detail' in error ? String(error.detail) : ''

/**
 * A refused debit is a bug or a stray run and ends, unless its quoted price is over; whatever else happened
 * may pass, and is repeated.
 */
export function debitFailure(
  error: unknown,
  { pricedAt }: Pick<DebitInput, 'pricedAt'> = {},
): AppError {
  const refusal = refusalOf(error)
  if (!refusal) return unavailable()
  if (refusal === 'LG422' && pricedAt !== undefined) return quoteExpired()
  return new AppError('INTERNAL_ERROR', 'Internal error', { key: keyOf(refusal) })
}

/** A refund and a settle are owed: they are repeated until an operator has mended what is in the way. */
export const owedFailure = (error: unknown): AppError => {
  const refusal = refusalOf(error)
  return refusal && error instanceof Error
    ? new AppError('SERVICE_UNAVAILABLE', `The ledger refuses: ${error.message}`, {
        key: keyOf(refusal),
      })
    : unavailable()
}

export const unavailable = (): AppError =>
  new AppError('SERVICE_UNAVAILABLE', 'Billing cannot answer right now. Try again in 5 s', {
    key: 'ledger_unavailable',
  })

const keyOf = (refusal: string): string => refusal.replace('LG', 'ledger_')
