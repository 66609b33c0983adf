import { scrub } from '@upscale/runtime'
import { stoppable } from '@upscale/runtime/worker'
import { postWebhook } from '@upscale/safe-fetch'
import { AppError } from '@upscale/types'
import type { AttemptInput, AttemptResult } from '@upscale/workflows/activities'
import type { WorkerContext } from '../context.ts'
import { planAfter } from './delivery-plan.ts'
import { giveUpDelivery, keepBody, readDelivery, saveAttempt } from './delivery-store.ts'
import type { Attempt, Delivery } from './delivery-store.ts'
import { signatureOf } from './sign.ts'
import { webhookBody } from './webhook-body.ts'
import { readWebhookSecret } from './webhook-secret.ts'

/** Makes one attempt and notes it. An attempt that is noted is not made again, whoever asks. */
export async function attemptDelivery(
  ctx: WorkerContext,
  { deliveryId, number, ifItFails }: AttemptInput,
): Promise<AttemptResult> {
  const delivery = await readDelivery(ctx.db, deliveryId, number)
  if (!delivery) return NOTHING_TO_TELL
  if (delivery.made) return resultOfMade(delivery, delivery.made, ctx.now())
  const body = await bodyOf(ctx, delivery)
  if (body === undefined) {
    await giveUpDelivery(ctx.db, deliveryId)
    return NOTHING_TO_TELL
  }
  const { host } = new URL(delivery.url)
  const { retryAfterSeconds, ...answer } = await ctx.webhookGate(host, delivery.accountId, () =>
    stoppable((signal) => post(ctx, delivery, body, signal)),
  )
  const attempt = { deliveryId, number, ...answer }
  const plan = planAfter({ ...answer, retryAfterSeconds }, ifItFails)
  await saveAttempt(ctx.db, attempt, plan, ctx.now())
  ctx.events.webhookAttempted(delivery, attempt, plan)
  return { outcome: plan.outcome, waitMs: plan.waitMs, answer: answerText(attempt) }
}

const NOTHING_TO_TELL: AttemptResult = {
  outcome: 'gone',
  waitMs: null,
  answer: 'the delivery is no longer kept, or its task was run again',
}

async function bodyOf(ctx: WorkerContext, delivery: Delivery): Promise<string | undefined> {
  if (delivery.body !== null) return delivery.body
  const body = await webhookBody(ctx, delivery)
  return body === undefined ? undefined : await keepBody(ctx.db, delivery.deliveryId, body)
}

type Answer = Omit<Attempt, 'deliveryId' | 'number'> & { retryAfterSeconds?: number | undefined }

async function post(
  ctx: WorkerContext,
  delivery: Delivery,
  body: string,
  signal: AbortSignal,
): Promise<Answer> {
  const at = ctx.now()
  const since = performance.now()
  const headers = await headersOf(ctx, delivery, body, at)
  try {
    const answer = await postWebhook(delivery.url, { headers, body, signal }, ctx.policy)
    const { statusCode, snippet, durationMs, retryAfterSeconds } = answer
    const error = isRedirect(statusCode) ? 'redirect_not_followed: give the final URL' : null
    const responseSnippet = snippet && scrub(snippet)
    return { at, statusCode, error, durationMs, responseSnippet, retryAfterSeconds }
  } catch (error) {
    if (!(error instanceof AppError)) throw error // our own stop, or a bug
    const durationMs = Math.round(performance.now() - since)
    return { at, statusCode: null, error: reasonOf(error), durationMs, responseSnippet: null }
  }
}

async function headersOf(
  ctx: WorkerContext,
  delivery: Delivery,
  body: string,
  at: Date,
): Promise<Record<string, string>> {
  const { secret, previous } = await readWebhookSecret(ctx, delivery)
  const secrets = previous ? [secret, previous.secret] : [secret]
  const timestamp = Math.floor(at.getTime() / 1_000)
  return {
    'content-type': 'application/json',
    'webhook-id': delivery.webhookId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureOf(secrets, { id: delivery.webhookId, timestamp, body }),
  }
}

const isRedirect = (status: number): boolean => status >= 300 && status < 400

/** The key, and the reason behind the words that only a video's URL needs. */
const reasonOf = ({ key, message }: AppError): string =>
  `${key}: ${message.slice(message.indexOf(': ') + 2)}`

const answerText = ({ statusCode, error }: Pick<Attempt, 'statusCode' | 'error'>): string =>
  statusCode === null ? (error ?? 'no answer') : `HTTP ${statusCode}`

/** What an attempt was that was noted, though nobody heard of it. */
function resultOfMade(delivery: Delivery, made: Attempt, now: Date): AttemptResult {
  const { outcome } = planAfter(made, 'keep_plan')
  const { nextAttemptAt } = delivery
  const waitMs =
    outcome === 'failed' && nextAttemptAt && Math.max(1, nextAttemptAt.getTime() - now.getTime())
  return { outcome, waitMs: waitMs || null, answer: answerText(made) }
}
