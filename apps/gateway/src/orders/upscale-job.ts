import type { WorkflowStartOptions } from '@temporalio/client'
import { sealSource } from '@upscale/runtime'
import { magicNameOf } from '@upscale/types'
import type { AccountId, UpscaleJob, UpscaleRetry } from '@upscale/types'
import type { upscaleVideo } from '@upscale/workflows'
import { ACCOUNT, QUEUES, STAGE } from '@upscale/workflows/activities'
import type { GatewayConfig } from '../config.ts'
import type { TaskOrder } from './order-store.ts'

const PRIORITY = 3 // the middle of 1 to 5: nobody goes first yet
/** One for a restart of the worker, and one more; whoever tests does not wait for an outage to end. */
const TEST_RETRY: UpscaleRetry = { attempts: 3, firstRetryMs: 100 }
const MAX_FAIRNESS_KEY = 64 // Temporal refuses longer ones

/** Input of the workflow of an order; its source, where the bytes are read, is sealed anew. */
export const jobOf = (
  { jobs, sources }: Pick<GatewayConfig, 'jobs' | 'sources'>,
  { taskId, accountId, livemode, upscaleFactor }: TaskOrder,
  sourceUrl: string,
  { maxCredits, generation, quote }: Pick<UpscaleJob, 'maxCredits' | 'generation' | 'quote'>,
): UpscaleJob => ({
  taskId,
  accountId,
  factor: upscaleFactor,
  ...(maxCredits !== undefined && { maxCredits }),
  ...(generation !== undefined && { generation }),
  priority: PRIORITY,
  parkForMs: livemode ? jobs.parkForMs : 0, // nobody is to be woken for a test
  upscale: livemode ? jobs.retry : TEST_RETRY,
  source: sealSource(sources.keyRing, sourceUrl),
  ...(!livemode && testModeOf(sourceUrl)),
  ...(quote && { quote }),
})

function testModeOf(sourceUrl: string): Pick<UpscaleJob, 'livemode' | 'magic'> {
  const magic = magicNameOf(sourceUrl)
  return { livemode: false, ...(magic && { magic }) }
}

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
    priority: priorityOf(job.accountId, job.priority),
  }) satisfies WorkflowStartOptions<typeof upscaleVideo>

/** No account keeps the others waiting. */
export const priorityOf = (accountId: AccountId, priorityKey = PRIORITY) => ({
  priorityKey,
  fairnessKey: accountId.slice(0, MAX_FAIRNESS_KEY),
})

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
