import { unreachable } from '@upscale/types'
import type { BillingDb } from '../../src/db/schema/index.ts'
import { refusalOf } from '../../src/ledger/ledger-failures.ts'
import { adjust, debit, grant, refill, refund, reverse, settle } from '../../tests/ledger-calls.ts'
import { brokenSql, isBrokenSql } from '../broken-sql.ts'
import { constraintStop, isConstraintStop } from '../constraint-stop.ts'
import type { LedgerModel } from './ledger-model.ts'
import { NO_ACCOUNT } from './step.ts'
import type { Step } from './step.ts'

const ORDERS = [
  { factor: '2', durationMs: 8500 },
  { factor: '4', durationMs: 1 },
  { factor: '1', durationMs: 5000 },
] as const

/** The accounts, tasks and keys of one run: nothing is shared with other runs. */
export interface Cast {
  accounts: readonly string[]
  tasks: readonly string[]
  keys: readonly string[]
}

/** Plays one step on the ledger and on the model; both answers. */
export async function playStep(db: BillingDb, model: LedgerModel, cast: Cast, step: Step) {
  switch (step.call) {
    case 'debit': {
      const { factor, durationMs } = ORDERS[step.task] ?? ORDERS[0]
      const call = {
        ...chargeOf(cast, step),
        account: payerOf(cast, step),
        factor,
        durationMs: step.longer ? durationMs + 1000 : durationMs,
        quotedAgo: step.quotedMinutesAgo === null ? null : step.quotedMinutesAgo * 60_000,
        maxCredits: step.maxCredits,
        orWaive: step.orWaive,
      }
      return [await answerOf(debit(db, call)), model.debit(call)]
    }
    case 'refund': {
      const { keepPercent } = step
      const call = { ...chargeOf(cast, step), account: payerOf(cast, step), keepPercent }
      return [await answerOf(refund(db, call)), model.refund(call)]
    }
    case 'settle':
    case 'reverse': {
      const { task, generation } = chargeOf(cast, step)
      const onLedger = step.call === 'settle' ? settle : reverse
      return [await answerOf(onLedger(db, task, generation)), model[step.call](task, generation)]
    }
    case 'grant':
    case 'adjust': {
      const isGrant = step.call === 'grant'
      const task = isGrant || step.task === null ? null : (cast.tasks[step.task] ?? '')
      const amount = isGrant || step.up ? step.amount : -step.amount
      const call = { ...ownerOf(cast, step), amount, task }
      const answer = await answerOf(isGrant ? grant(db, call) : adjust(db, call))
      return [answer, model.post(step.call, call)]
    }
    case 'refill': {
      const { account, key } = ownerOf(cast, step)
      return [await answerOf(refill(db, account, key)), model.refill(account, key)]
    }
    default:
      return unreachable(step)
  }
}

const chargeOf = (cast: Cast, { task, generation }: { task: number; generation: number }) => ({
  task: cast.tasks[task] ?? '',
  generation,
})

const ownerOf = (cast: Cast, { owner, key }: { owner: number; key: number }) => ({
  account: cast.accounts[owner] ?? '',
  key: cast.keys[key] ?? '',
})

/** The task's own account, seldom another. */
const payerOf = (
  cast: Cast,
  { task, payer }: { task: number; payer: { ofOther: boolean; ofNobody: boolean } },
): string => cast.accounts[payer.ofNobody ? NO_ACCOUNT : (task + Number(payer.ofOther)) % 2] ?? ''

const answerOf = <T>(call: Promise<T>): Promise<T | string> =>
  call.catch((error: unknown) => {
    if (isConstraintStop(error)) throw constraintStop(error)
    if (isBrokenSql(error)) throw brokenSql(error)
    const refusal = refusalOf(error)
    if (refusal === undefined) throw error
    return refusal
  })
