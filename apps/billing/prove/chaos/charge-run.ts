import type { TaskBooks } from './task-books.ts'

/** The money of one run of the workflow, in the steps of packages/workflows/src/charge.ts. */
export function openCharge(books: TaskBooks, first: number) {
  let generation = first

  /** False: this run must not go on. */
  const take = async (isDelivered = false): Promise<boolean> => {
    for (; ; generation += 1) {
      const { state } = await books.debit(generation, isDelivered && generation > 1)
      switch (state) {
        case 'debited':
        case 'settled':
        case 'waived':
          return true
        case 'too_expensive':
        case 'already_charged':
          return false
        case 'rejected':
          if (!isDelivered) return false
          break
        case 'refunded':
        case 'voided':
        case 'reversed':
          break
      }
    }
  }

  return {
    generation: () => generation,
    take: () => take(),
    undo: (keepPercent: number) => books.refund(generation, keepPercent),

    async deliver(): Promise<void> {
      for (;;) {
        const { state } = await books.settle(generation)
        if (state === 'settled' || state === 'waived') {
          books.record.deliveries.push({ generation, isWaived: state === 'waived' })
          return
        }
        if (!(await take(true))) throw new Error('a finished job cannot be charged any more')
      }
    },
  }
}
