import { CancellationScope, proxyActivities } from '@temporalio/workflow'
import type {
  MediaFacts,
  Outcome,
  Price,
  TaskError,
  UpscaleJob,
  UpscaleOutput,
} from '@upscale/types'
import type { ProbeActivities, UpscaleActivities } from './activities.ts'
import { openAdmission } from './admission.ts'
import { openCancel } from './cancel.ts'
import { isPaid, openCharge } from './charge.ts'
import type { Charge } from './charge.ts'
import {
  CANCELED,
  donePercentOf,
  failedRun,
  isFinal,
  reachedBy,
  taskErrorFrom,
} from './failures.ts'
import { refuseUnpaid, upscaleQueueOf } from './magic.ts'
import { openParking } from './parking.ts'
import type { Park } from './parking.ts'
import { QUEUES } from './queues.ts'
import { shielded } from './shielded.ts'
import { openTaskRecord } from './task-record.ts'
import type { TaskRecord } from './task-record.ts'
import { PROBE, UPSCALE } from './timeouts.ts'

const probe = proxyActivities<ProbeActivities>({
  taskQueue: QUEUES.mediaProbe,
  startToCloseTimeout: PROBE.startToClose,
  scheduleToCloseTimeout: PROBE.scheduleToClose,
})
const upscaler = proxyActivities<UpscaleActivities>({
  startToCloseTimeout: UPSCALE.startToClose,
  heartbeatTimeout: UPSCALE.heartbeat,
  cancellationType: 'WAIT_CANCELLATION_COMPLETED', // spelled out: left out, TRY_CANCEL is sent
})

/**
 * One job from its POST to its end: probe (unless a quote brings one), debit, answer, upscale, settle, record.
 * It ends delivered and charged once, or failed and refunded; a refusal moves no money and completes the run.
 */
export async function upscaleVideo(job: UpscaleJob): Promise<Outcome> {
  const admission = openAdmission() // handlers first: no await above them
  const park = openParking()
  const customer = openCancel()
  const charge = openCharge(job)
  const task = openTaskRecord(job)
  try {
    const media = job.quote?.media ?? (await probeVideo(job))
    refuseUnpaid(job)
    const price = await charge.take(media)
    admission.answer({ admitted: true, media, ...price })
    task.run({ status: 'pending', stage: 'queued', media, price }, 1)
    const parts = { charge, park, task }
    const output = await customer.mayCancel(() => upscaleOrPark(job, media, price, parts))
    return await shielded(() => deliver(media, price, output, charge, task))
  } catch (error) {
    const canceled = customer.close()
    const failure = canceled ? CANCELED : taskErrorFrom(error, admission.isAdmitted())
    // A run for a task that was admitted before must not end as refused: nobody could rerun it.
    const refused = admission.answer({ admitted: false, error: failure }) && charge.isFirst()
    return await shielded(() => giveBack({ error, failure, canceled, refused }, charge, task))
  }
}

const probeVideo = ({ taskId, source, factor, livemode }: UpscaleJob): Promise<MediaFacts> =>
  probe.probeVideo.executeWithOptions({ summary: source.host }, [
    { taskId, source, factor, livemode },
  ])

interface Parts {
  charge: Charge
  park: Park
  task: TaskRecord
}

/**
 * Upscales; where the retries of an operational failure run out, waits for an operator, round by round.
 * A job that parks for no time fails there.
 */
async function upscaleOrPark(
  job: UpscaleJob,
  media: MediaFacts,
  price: Price,
  { charge, park, task }: Parts,
) {
  for (let round = 1; ; round += 1) {
    try {
      // Somebody may have refunded meanwhile. Nobody waits for an answer here.
      if (round > 1) await charge.take(media, { patiently: true })
      const output = await upscaleRound(job, media, round)
      return { ...output, attempt: task.attemptsBefore() + output.attempt }
    } catch (error) {
      if (CancellationScope.current().consideredCancelled || isFinal(error)) throw error
      if (job.parkForMs === 0) throw error // nobody is to be waited for
      const { attempt = job.upscale.attempts, ...reached } = reachedBy(error)
      task.park(taskErrorFrom(error, true), price, {
        ...reached,
        attempts: task.attemptsBefore() + attempt,
      })
      if ((await park(job.parkForMs)) === 'refund') throw error
      task.run({ status: 'processing', stage: 'fetching', parkedAt: null }, round + 1)
    }
  }
}

function upscaleRound(job: UpscaleJob, media: MediaFacts, round: number): Promise<UpscaleOutput> {
  const { taskId, factor, source, livemode, magic, upscale } = job
  const options = {
    activityId: `upscale-${round}`,
    taskQueue: upscaleQueueOf(job),
    summary: `${factor}x, round ${round}`,
    retry: {
      initialInterval: upscale.firstRetryMs,
      maximumInterval: UPSCALE.longestRetry,
      maximumAttempts: upscale.attempts,
    },
  }
  const input = { taskId, factor, source, livemode, magic, media, round }
  return upscaler.upscale.executeWithOptions(options, [input])
}

/** No result is shown before its charge is settled. */
async function deliver(
  media: MediaFacts,
  price: Price,
  output: UpscaleOutput,
  charge: Charge,
  task: TaskRecord,
): Promise<Outcome> {
  while (!(await charge.settle())) await charge.take(media, { delivered: true, patiently: true })
  const { width, height } = output.output
  return await task.end(
    { status: 'completed', stage: 'done', output, attempts: output.attempt },
    {
      outcome: 'completed',
      creditsUsed: price.creditsUsed,
      size: `${width}x${height}`,
    },
  )
}

interface Ending {
  error: unknown
  failure: TaskError
  canceled: boolean
  refused: boolean
}

/** The money first, then what the task shows. Only a customer's own cancel keeps the part that is done. */
async function giveBack(ending: Ending, charge: Charge, task: TaskRecord): Promise<Outcome> {
  const { error, failure, canceled, refused } = ending
  const charged = await charge.undo(failure.code, canceled ? donePercentOf(error) : 0)
  if (refused) return await task.leave({ outcome: 'refused', error: failure })
  const outcome = canceled ? 'canceled' : 'failed'
  // Paid: an earlier run delivered it, or the reconciler reverses it. Never `failed` unrefunded.
  const delivered = isPaid(charged) && !canceled
  const { attempt, ...reached } = reachedBy(error)
  const attempts = attempt && task.attemptsBefore() + attempt
  if (delivered) await task.leave({ outcome, error: failure })
  else
    await task.end(
      { status: outcome, error: failure, ...reached, attempts },
      { outcome, error: failure },
    )
  if (canceled) return { outcome, error: failure }
  throw failedRun(
    failure,
    error,
    delivered ? 'delivered before, still charged' : 'refunded in full',
  )
}
