import { AppError, toCredits } from '@upscale/types'
import type { AccountId, AdjustRequest, GrantView, TaskId } from '@upscale/types'
import type { BillingContext } from '../context.ts'
import type { BillingDb } from '../db/schema/index.ts'
import { readTaskCharges } from './charge-store.ts'
import { because } from './line-text.ts'
import { postingFailure } from './posting-failure.ts'
import { callAdjust } from './posting-store.ts'

/** Corrects a balance, once per key over all accounts; never below zero. */
export async function adjustCredits(
  { db, events }: BillingContext,
  accountId: AccountId,
  request: AdjustRequest,
): Promise<GrantView> {
  if (request.taskId) await refuseOtherTask(db, accountId, request.taskId)
  const call = { ...request, ...because(request) }
  const row = await callAdjust(db, accountId, call).catch(async (error: unknown) => {
    events.ledgerFailed('adjust', error)
    throw await postingFailure(db, request.key, error)
  })
  const view = { replay: row.replay, balance: toCredits(row.balance) }
  events.creditsAdjusted(accountId, call, view)
  return view
}

/** One that the ledger does not know may have lost its charge: it can be adjusted for. */
async function refuseOtherTask(db: BillingDb, accountId: AccountId, taskId: TaskId): Promise<void> {
  const [charge] = await readTaskCharges(db, taskId)
  if (charge && charge.accountId !== accountId) throw otherTask()
}

const otherTask = (): AppError =>
  new AppError(
    'TASK_NOT_FOUND',
    'That task was charged to another account: check the account and the task id',
    { param: 'taskId' },
  )
