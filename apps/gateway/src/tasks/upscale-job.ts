import type { WorkflowStartOptions } from '@temporalio/client'
import { sealSource } from '@upscale/runtime'
import type { UpscaleJob } from '@upscale/types'
import type { upscaleVideo } from '@upscale/workflows'
import { ACCOUNT, QUEUES, STAGE } from '@upscale/workflows/activities'
import type { GatewayConfig } from '../config.ts'
import type { TaskOrder } from './order-store.ts'

const PRIORITY = 3 // the middle of 1 to 5: nobody goes first yet
const MAX_FAIRNESS_KEY = 64 // Temporal refuses longer ones

/** Input of the workflow of an order; its source, where the bytes are read, is sealed anew. */
export const jobOf = (
  { jobs, sources }: Pick<GatewayConfig, 'jobs' | 'sources'>,
  { taskId, accountId, livemode, upscaleFactor }: TaskOrder,
  sourceUrl: string,
  { maxCredits, generation }: Pick<UpscaleJob, 'maxCredits' | 'generation'>,
): UpscaleJob => ({
  taskId,
  accountId,
  factor: upscaleFactor,
  ...(maxCredits !== undefined && { maxCredits }),
  ...(generation !== undefined && { generation }),
  priority: PRIORITY,
  parkForMs: jobs.parkForMs,
  upscale: jobs.retry,
  source: sealSource(sources.keyRing, sourceUrl),
  ...(!livemode && { livemode }),
})

/** How each run of a job is started, whoever starts it. */
export const startOptionsOf = (
  job: UpscaleJob,
  { summary, details }: { summary: string; details: string },
) =>
  ({
    workflowId: job.taskId,
    taskQueue: QUEUES.orchestrator,
    args: [job],
    staticSummary: summary,
    staticDetails: details,
    typedSearchAttributes: [
      { key: ACCOUNT, value: job.accountId },
      { key: STAGE, value: 'upscaling' },
    ],
    priority: {
      priorityKey: job.priority,
      fairnessKey: job.accountId.slice(0, MAX_FAIRNESS_KEY),
    },
  }) satisfies WorkflowStartOptions<typeof upscaleVideo>

/** One line for the operator who looks at the list of runs. */
export const summaryOf = ({ factor, accountId }: UpscaleJob): string =>
  `${factor}x for ${accountId}`

/** For the operator who opens the run: who asked, and where to find the request in the log. */
export const detailsOf = ({ taskId, accountId, factor, source }: UpscaleJob, order: TaskOrder) =>
  [
    `- task \`${taskId}\``,
    `- account \`${accountId}\``,
    `- factor ${factor}, source at \`${source.host}\``,
    `- request \`${order.requestId}\``,
  ].join('\n')
