import {
  allHandlersFinished,
  condition,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow'
import type {
  AfterFailure,
  AttemptResult,
  WebhookActivities,
  WebhookJob,
  WebhookReport,
} from './deliver-webhook-activities.ts'
import { deliveringDetails, reportDetails, waitingDetails } from './deliver-webhook-details.ts'
import { replayUpdate } from './messages.ts'
import { QUEUES } from './queues.ts'
import { shielded } from './shielded.ts'
import { WEBHOOK } from './timeouts.ts'

// What a receiver does is an answer, never a failure: these retries are for our own side alone.
const gateway = proxyActivities<WebhookActivities>({
  taskQueue: QUEUES.gateway,
  startToCloseTimeout: WEBHOOK.startToClose,
  retry: { initialInterval: WEBHOOK.firstRetry, maximumInterval: WEBHOOK.longestRetry },
})

const JITTER = 0.15 // many deliveries that failed together do not come back together

/**
 * Tells one end of a task to its receiver: attempt by attempt with growing gaps, until it is taken or no
 * gap is left. A receiver that never takes it is no failure of ours, so the run completes either way; one
 * that an operator cancels is given up.
 */
export async function deliverWebhook(job: WebhookJob): Promise<WebhookReport> {
  const attempts = openAttempts(job)
  setHandler(replayUpdate, attempts.replay, {
    description: 'One more attempt now. Data stays empty',
  })
  setCurrentDetails(deliveringDetails(job))
  try {
    await attemptUntilOver(job, attempts)
    await condition(allHandlersFinished)
  } catch (error) {
    if (isCancellation(error)) await shielded(() => gateway.giveUpDelivery(job.deliveryId))
    throw error
  }
  const report = attempts.report()
  setCurrentDetails(reportDetails(report))
  return report
}

async function attemptUntilOver(job: WebhookJob, attempts: Attempts): Promise<void> {
  for (const gapMs of [...job.gapsMs, undefined]) {
    const { waitMs } = await attempts.make(gapMs === undefined ? 'give_up' : laterBy(gapMs))
    if (waitMs === null || attempts.areOver()) return
    setCurrentDetails(waitingDetails(job, attempts.answers, Date.now() + waitMs))
    const summary = `attempt ${attempts.answers.length + 1} of ${job.gapsMs.length + 1}`
    if (await condition(attempts.areOver, waitMs, { summary })) return // a replay ended it
  }
}

const laterBy = (gapMs: number): AfterFailure => ({
  waitMs: Math.round(gapMs * (1 + JITTER * (2 * Math.random() - 1))),
})

type Attempts = ReturnType<typeof openAttempts>

/** Makes attempts one at a time and numbers them. */
function openAttempts({ attemptsBefore, deliveryId }: WebhookJob) {
  const answers: string[] = []
  let begun = 0
  let last: AttemptResult | undefined
  let end: AttemptResult | undefined
  let turn: Promise<unknown> = Promise.resolve()

  async function attempt(ifItFails: AfterFailure): Promise<AttemptResult> {
    const number = attemptsBefore + answers.length + 1
    const options = { activityId: `attempt-${number}`, summary: `attempt ${number}` }
    const input = { deliveryId, number, ifItFails }
    last = await gateway.attemptDelivery.executeWithOptions(options, [input])
    if (last.outcome !== 'failed') end ??= last
    answers.push(`attempt ${number}: ${last.answer}`)
    return last
  }
  const make = (ifItFails: AfterFailure): Promise<AttemptResult> => {
    begun += 1
    const made = turn.then(() => attempt(ifItFails))
    turn = made.catch(() => undefined)
    return made
  }
  return {
    answers,
    make,
    areOver: () => end !== undefined,
    /** An attempt on its way is the one: also the first of a run that the replay itself has started. */
    async replay(): Promise<string> {
      const { length } = answers
      if (length > 0 && length === begun) await make('keep_plan')
      else await condition(() => answers.length > length)
      return answers.at(-1) ?? ''
    },
    report(): WebhookReport {
      const { outcome = 'failed', answer = '' } = end ?? last ?? {}
      return { outcome, attempts: attemptsBefore + answers.length, answer }
    },
  }
}
