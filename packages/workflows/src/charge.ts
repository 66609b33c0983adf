import { proxyActivities } from '@temporalio/workflow'
import { AppError, billedSeconds, insufficientCredits, internalError } from '@upscale/types'
import type { ChargeState, MediaFacts, Price, UpscaleJob } from '@upscale/types'
import type { BillingActivities } from './activities.ts'
import { failWith } from './failures.ts'
import { QUEUES } from './queues.ts'
import { DEBIT, UNTIL_DONE } from './timeouts.ts'

const untilDone = {
  taskQueue: QUEUES.billing,
  startToCloseTimeout: UNTIL_DONE.startToClose,
  retry: { initialInterval: UNTIL_DONE.firstRetry, maximumInterval: UNTIL_DONE.longestRetry },
} as const
const admission = proxyActivities<Pick<BillingActivities, 'debit'>>({
  taskQueue: QUEUES.billing,
  startToCloseTimeout: DEBIT.startToClose,
  scheduleToCloseTimeout: DEBIT.scheduleToClose,
  retry: { initialInterval: DEBIT.firstRetry },
})
const books = proxyActivities<BillingActivities>(untilDone)

export type Charge = ReturnType<typeof openCharge>
/** `new`: nothing was ever asked of billing. */
type UndoState = ChargeState | 'new'

interface Take {
  /** The result exists; an account that cannot pay gets a line of 0 credits. */
  delivered?: boolean
  /** Behind the answer of the POST: as long as it takes. */
  patiently?: boolean
}

/**
 * The one live charge of the job. A generation that an earlier run, an operator or the reconciler has
 * closed is followed by the next one, so no repeat of the workflow pays twice or for nothing.
 */
export function openCharge(job: UpscaleJob) {
  const { taskId, accountId, factor, maxCredits } = job
  const pricedAt = job.quote?.quotedAt
  const isRerun = job.generation !== undefined
  let generation = job.generation ?? 1
  let asked = isRerun // a rerun may take over a charge that is still open

  const debit = ({ durationMs }: MediaFacts, { delivered, patiently }: Required<Take>) => {
    const summary = `${billedSeconds(durationMs)} s at ${factor}x`
    const orWaive = delivered && generation > 1 // a first charge is never waived
    const order = { taskId, generation, accountId, durationMs, factor, maxCredits, pricedAt }
    const clock = patiently ? books : admission
    return clock.debit.executeWithOptions({ summary }, [{ ...order, orWaive }])
  }

  return {
    isFirst: () => generation === 1 && !isRerun,

    async take(
      media: MediaFacts,
      { delivered = false, patiently = false }: Take = {},
    ): Promise<Price> {
      asked = true // before the call: a debit whose answer got lost is undone too
      for (; ; generation += 1) {
        const answer = await debit(media, { delivered, patiently })
        switch (answer.state) {
          case 'debited':
          case 'settled':
          case 'waived':
            return priceOf(answer)
          case 'too_expensive':
            throw failWith(tooExpensive(answer.price, answer.maxCredits))
          case 'already_charged':
            throw failWith(internalError())
          case 'rejected':
            if (!delivered) throw failWith(insufficientCredits(answer.required, answer.available))
            break
          case 'refunded':
          case 'voided':
          case 'reversed':
            break
        }
      }
    },

    /** False: this generation was given back meanwhile; it has to be charged anew before release. */
    async settle(): Promise<boolean> {
      const summary = `generation ${generation}`
      const { state } = await books.settle.executeWithOptions({ summary }, [{ taskId, generation }])
      return isPaid(state)
    },

    /** Gives back what is open. Safe to call whatever became of the debit. */
    async undo(code: string, donePercent: number): Promise<UndoState> {
      if (!asked) return 'new'
      const summary =
        donePercent > 0 ? `${code}, ${donePercent} % done is kept` : `${code}, all back`
      const input = { taskId, generation, accountId, code, donePercent }
      return (await books.refund.executeWithOptions({ summary }, [input])).state
    },
  }
}

/** Delivered and paid, or delivered free of charge: never to be shown as failed. */
export const isPaid = (state: UndoState): boolean => state === 'settled' || state === 'waived'

// No state: after a Reset it would differ.
const priceOf = ({ creditsUsed, creditsRemaining, creditsPerSecond, debitId }: Price): Price => ({
  creditsUsed,
  creditsRemaining,
  creditsPerSecond,
  debitId,
})

const tooExpensive = (price: number, maxCredits: number): AppError =>
  new AppError('MAX_CREDITS_EXCEEDED', `Price is ${price} credits, max_credits is ${maxCredits}`, {
    param: 'max_credits',
    details: { price, max_credits: maxCredits },
  })
