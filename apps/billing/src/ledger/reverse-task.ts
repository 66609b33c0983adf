import { AppError, toCredits } from '@upscale/types'
import type { ChargeState, ReverseRequest, ReverseView, TaskId } from '@upscale/types'
import type { BillingContext } from '../context.ts'
import { readTaskCharges } from './charge-store.ts'
import { chargeToReverse } from './charge-to-reverse.ts'
import { chargeAnswerOf } from './charge-answer.ts'
import { reverseCharge } from './reverse.ts'
import { taskNotFound } from './task-not-found.ts'

/** An operator gives the settled charge of a task back, whole. */
export async function reverseTask(
  ctx: BillingContext,
  taskId: TaskId,
  request: ReverseRequest,
): Promise<ReverseView> {
  const charge = chargeToReverse(await readTaskCharges(ctx.db, taskId))
  if (!charge) throw taskNotFound()
  const { generation } = charge
  const row = await reverseCharge(ctx, { taskId, generation, ...request })
  const { state, givenBack } = chargeAnswerOf(row)
  if (state !== 'reversed') throw notSettled(state)
  return { generation, givenBack, balance: toCredits(row.balance ?? 0n), replay: row.replay }
}

const ADVICE: Record<Exclude<ChargeState, 'reversed'>, string> = {
  debited: "its charge is still open: the job's end or the reconciler closes it",
  settled: 'try again', // by a race alone
  refunded: 'its credits are back already',
  rejected: 'nothing was taken',
  waived: 'nothing was taken',
  voided: 'nothing was taken',
}

const notSettled = (state: Exclude<ChargeState, 'reversed'>): AppError =>
  new AppError(
    'ACTION_REFUSED',
    `Only a settled charge can be reversed, and the charge of this task is ${state}: ${ADVICE[state]}`,
    { key: 'not_settled' },
  )
