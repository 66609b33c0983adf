import type { RecordTaskInput } from '@upscale/workflows/activities'
import type { WorkerContext } from '../context.ts'
import { mayReplace, stateAfter } from './task-state.ts'
import { findAccountOf, lockTask, saveTask } from './task-store.ts'

/**
 * Writes a change of a job into the read model, with the task's ledger lines as billing has them now.
 * Safe to repeat: a late or repeated change never takes the task backwards.
 */
export async function recordTask(ctx: WorkerContext, change: RecordTaskInput): Promise<void> {
  const { taskId } = change
  const accountId = await findAccountOf(ctx.db, taskId)
  // Not final: a failure here must stay in sight of the operators, and never undo a delivered job.
  if (!accountId) throw new Error(`There is no order for ${taskId}`)
  const transactions = await ctx.billing.listTaskTransactions(accountId, taskId)
  const isTaken = await ctx.db.transaction().execute(async (trx) => {
    const { createdAt, state } = await lockTask(trx, taskId)
    if (state && !mayReplace(state, change)) return false
    const next = stateAfter(state, change, ctx.resultKeptMs)
    await saveTask(trx, { taskId, createdAt, state: next, transactions })
    return true
  })
  ctx.events.taskRecorded(change, isTaken)
}
