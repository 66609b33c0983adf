import type { RecordTaskInput } from '@upscale/workflows/activities'
import type { WorkerContext } from '../context.ts'
import { startDeliveries } from '../webhooks/start-delivery.ts'
import { NoOrder } from './task-store.ts'
import { hasEnded, linesWith, mayReplace, stateAfter } from './task-state.ts'
import type { TaskTransaction } from './task-state.ts'

/**
 * Writes a change of a job into the read model, and starts what tells its end to the customer. Safe to repeat: a late or repeated change never takes the
 * task backwards. The receipt of a task that has ended is the ledger's own word.
 */
export async function recordTask(ctx: WorkerContext, change: RecordTaskInput): Promise<void> {
  const { taskId, accountId } = change
  const receipt = hasEnded(change.status)
    ? await ctx.billing.listTaskTransactions(accountId, taskId)
    : undefined
  try {
    const isTaken = await ctx.changeTask(taskId, (known, { livemode }) => {
      if (known && !mayReplace(known.state, change)) return undefined
      return {
        state: stateAfter(known?.state, change, ctx.resultKeptMs[livemode ? 'live' : 'test']),
        transactions: receipt ?? linesAfter(known?.transactions ?? [], change),
      }
    })
    ctx.events.taskRecorded(change, isTaken)
    // Also of an end that was recorded before: a crash may have come between the two.
    if (hasEnded(change.status)) await startDeliveries(ctx, taskId)
  } catch (error) {
    // There is nobody to show it to. What it cost goes back through the reconciler.
    if (!(error instanceof NoOrder)) throw error
    ctx.events.recordWithoutOrder(change)
  }
}

const linesAfter = (lines: TaskTransaction[], { price }: RecordTaskInput): TaskTransaction[] =>
  price ? linesWith(lines, price) : lines
