import { AppError } from '@upscale/types'
import { accountNotFound } from '../accounts/account-not-found.ts'
import type { BillingDb } from '../db/schema/index.ts'
import { detailOf, isKeyTaken, refusalOf, unavailable } from './ledger-failures.ts'
import { readKeyUse } from './posting-store.ts'

/** Why the ledger refused a grant or an adjustment, as a sentence for the person who asked for it. */
export async function postingFailure(
  db: BillingDb,
  key: string,
  error: unknown,
): Promise<AppError> {
  if (isKeyTaken(error)) return await keyReused(db, key)
  switch (refusalOf(error)) {
    case 'LG404':
      return accountNotFound()
    case 'LG409':
      return await keyReused(db, key)
    case 'LG402':
      return belowZero(detailOf(error))
    case 'LG422':
      return tooLarge(detailOf(error))
    default:
      return unavailable()
  }
}

async function keyReused(db: BillingDb, key: string): Promise<AppError> {
  const line = await readKeyUse(db, key).catch(() => undefined)
  if (!line) return unavailable()
  const { accountId, kind, delta, purpose, taskId, createdAt } = line
  const what = kind === 'grant' ? 'a grant of' : 'an adjustment by'
  const whatFor = [purpose && ` (${purpose})`, taskId && ` for ${taskId}`].join('')
  return new AppError(
    'ACTION_REFUSED',
    `This key was used for ${what} ${delta} credits${whatFor} to ${accountId} at ` +
      `${createdAt.toISOString()}: repeat it with the same data, or use another key`,
    { key: 'key_reused', param: 'key' },
  )
}

const belowZero = (balance: string): AppError =>
  new AppError(
    'ACTION_REFUSED',
    `The balance is ${balance} credits and cannot fall below 0: take at most that`,
    { key: 'balance_too_small', param: 'delta' },
  )

const tooLarge = (balance: string): AppError =>
  new AppError(
    'ACTION_REFUSED',
    `The balance is ${balance} credits and cannot pass ${Number.MAX_SAFE_INTEGER}: ` +
      `add at most ${BigInt(Number.MAX_SAFE_INTEGER) - BigInt(balance)}`,
    { key: 'balance_too_large' },
  )
