import type { TaskOrder } from '../orders/order-store.ts'
import type { TaskState, TaskTransaction } from './task-state.ts'

/** What of an order its task shows: all but its options, which nobody reads after the start. */
export type ShownOrder = Omit<TaskOrder, 'maxCredits' | 'quoteId' | 'webhookUrl' | 'webhookEvents'>

/** A job as its customer may see it. */
export interface Task extends ShownOrder, TaskState {
  /** Lines of the ledger, oldest first. */
  transactions: TaskTransaction[]
  /** Number of its newest event. */
  eventSeq: number
  cancelRequestedAt: Date | null
  /** 1 is next; null unless the task waits. */
  queuePosition: number | null
}
