import type { ChargeView } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import type { Job } from './find-job.ts'
import type { JobActionSteps } from './job-action.ts'
import { liveCharge, refusalOf } from './job-case.ts'

/** Gives the credits of a delivered job back; the customer keeps the result. */
export const reverse: JobActionSteps = {
  plan(job) {
    const { state, credits, givenBack } = reversible(job)
    return state === 'reversed'
      ? `${givenBack} credits of ${job.taskId} were given back before: nothing would move`
      : `${credits} credits of ${job.taskId} would be given back; ${whatStays(job)}`
  },
  async act(ctx, job, { reason, actor }) {
    const { givenBack, balance, replay } = await ctx.billing.reverse(job.taskId, { reason, actor })
    // The credits went back: what the receipt lacks, a repeat mends.
    await refreshReceipt(ctx, job).catch((error: unknown) => {
      ctx.events.receiptStale(job.taskId, error)
    })
    return replay
      ? `${givenBack} credits of ${job.taskId} were given back before: nothing moved`
      : `${givenBack} credits of ${job.taskId} were given back; the balance is ${balance}`
  },
}

/** The newest charge that took something, as billing chooses it; one that is reversed may be asked for again. */
function reversible(job: Job): ChargeView {
  const charge = job.charges.findLast(({ state }) => state !== 'rejected' && state !== 'voided')
  const fits = charge?.state === 'settled' || charge?.state === 'reversed'
  if (fits && job.run.state !== 'running') return charge
  const why = notSettled(job)
  const isPaid = liveCharge(job)?.state === 'settled' // by an older charge than the newest one
  throw refusalOf(job, {
    delivered: why,
    uncharged: NEVER_CHARGED,
    ...(isPaid && { undelivered: why }),
  })
}

const NEVER_CHARGED = ['not_charged', 'was never charged: there is nothing to give back'] as const

const notSettled = ({ charges }: Job) =>
  charges.some(({ state }) => state === 'reversed')
    ? (['already_refunded', 'was given back already: there is nothing to give back'] as const)
    : (['not_settled', 'has no settled charge: there is nothing to give back'] as const)

const whatStays = ({ status }: Job): string =>
  status === 'completed' ? 'the customer keeps the result' : 'nothing was delivered'

/** The task stays as it is; what it cost is the ledger's word. */
async function refreshReceipt(ctx: GatewayContext, { taskId, order }: Job): Promise<void> {
  const transactions = await ctx.billing.listTaskTransactions(order.accountId, taskId)
  await ctx.changeTask(taskId, (known) => known && { state: known.state, transactions })
}
