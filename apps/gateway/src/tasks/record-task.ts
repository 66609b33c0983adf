import type { RecordTaskInput } from '@upscale/workflows/activities'
import type { WorkerContext } from '../context.ts'
import { hasEnded, linesWith, mayReplace, stateAfter } from './task-state.ts'
import type { TaskTransaction } from './task-state.ts'
import { lockTask, saveTask } from './task-store.ts'

/**
 * Writes a change of a job into the read model. Safe to repeat: a late or repeated change never takes the
 * task backwards. The receipt of a task that has ended is the ledger's own word.
 */
export async function recordTask(ctx: WorkerContext, change: RecordTaskInput): Promise<void> {
  const { taskId, accountId } = change
  const receipt = hasEnded(change.status)
    ? await ctx.billing.listTaskTransactions(accountId, taskId)
    : undefined
  const isTaken = await ctx.db.transaction().execute(async (trx) => {
    const locked = await lockTask(trx, taskId)
    // Not final: a failure here must stay in sight of the operators, and never undo a delivered job.
    if (!locked) throw new Error(`There is no order for ${taskId}`)
    const { createdAt, state, transactions } = locked
    if (state && !mayReplace(state, change)) return false
    const next = stateAfter(state, change, ctx.resultKeptMs)
    const lines = receipt ?? linesAfter(transactions, change)
    await saveTask(trx, { taskId, createdAt, state: next, transactions: lines })
    return true
  })
  ctx.events.taskRecorded(change, isTaken)
}

const linesAfter = (lines: TaskTransaction[], { price }: RecordTaskInput): TaskTransaction[] =>
  price ? linesWith(lines, price) : lines
