import type { QuoteJob, QuoteOutcome, RequestId } from '@upscale/types'
import type { quoteVideo } from '@upscale/workflows'
import { ACCOUNT, ADMIT_DEADLINE_MS, QUEUES } from '@upscale/workflows/activities'
import type { GatewayContext } from '../context.ts'
import { startFailureOf } from '../orders/start-failure.ts'
import { priorityOf } from '../orders/upscale-job.ts'

/** Asks a workflow of its own what the video is. A refusal is an answer. */
export async function probeForQuote(
  ctx: Pick<GatewayContext, 'temporal' | 'events'>,
  job: QuoteJob,
  requestId: RequestId,
): Promise<QuoteOutcome> {
  const { client } = ctx.temporal
  const began = performance.now()
  const tell = (outcome: string, cause?: unknown) =>
    ctx.events.quoteAnswered(
      { quoteId: job.quoteId, requestId, outcome, cause },
      performance.now() - began,
    )
  try {
    const answer = await client.withDeadline(Date.now() + ADMIT_DEADLINE_MS, () =>
      client.workflow.execute<typeof quoteVideo>('quoteVideo', {
        workflowId: job.quoteId,
        taskQueue: QUEUES.orchestrator,
        args: [job],
        staticSummary: `quote of ${job.factor}x for ${job.accountId}`,
        staticDetails: detailsOf(job, requestId),
        typedSearchAttributes: [{ key: ACCOUNT, value: job.accountId }],
        priority: priorityOf(job.accountId),
        workflowExecutionTimeout: '1 minute', // nobody waits for its answer by then
      }),
    )
    tell(answer.outcome === 'refused' ? answer.error.code : answer.outcome)
    return answer
  } catch (error) {
    const failure = startFailureOf(error)
    tell(failure.outcome, error)
    throw failure.error
  }
}

/** For the operator who opens the run: who asked, and where to find the request in the log. */
const detailsOf = ({ quoteId, accountId, factor, source }: QuoteJob, requestId: RequestId) =>
  [
    `- quote \`${quoteId}\``,
    `- account \`${accountId}\``,
    `- factor ${factor}, source at \`${source.host}\``,
    `- request \`${requestId}\``,
  ].join('\n')
