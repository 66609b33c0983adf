import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client'
import type { WorkflowStartOptions } from '@temporalio/client'
import type { TemporalClient } from '@upscale/runtime'
import type { TaskId } from '@upscale/types'
import type { deliverWebhook } from '@upscale/workflows'
import { ACCOUNT, QUEUES } from '@upscale/workflows/activities'
import { replayUpdate } from '@upscale/workflows/messages'
import type { GatewayDb } from '../db/schema/index.ts'
import { isPassing, startFailureOf } from '../orders/start-failure.ts'
import { priorityOf } from '../orders/upscale-job.ts'
import { tryAgain } from '../try-again.ts'
import { listPendingDeliveries } from './delivery-store.ts'
import type { DeliveryRecord } from './delivery-store.ts'

const START_DEADLINE_MS = 5_000
const REPLAY_DEADLINE_MS = 20_000 // twice the longest attempt: it may have to stand in line
const MAX_TRIES = 3 // a run that ends under a replay leaves the next one to a new run

interface StartContext {
  db: GatewayDb
  temporal: TemporalClient
  /** Between the attempts of a delivery, ms. */
  webhookGapsMs: readonly number[]
}

/** Starts what tells of a task's end. Started before is as good: nothing is told by two runs. */
export async function startDeliveries(ctx: StartContext, taskId: TaskId): Promise<void> {
  for (const delivery of await listPendingDeliveries(ctx.db, taskId)) {
    await start(ctx, { ...delivery, attempts: [] })
  }
}

async function start(ctx: StartContext, delivery: DeliveryRecord): Promise<void> {
  const { client } = ctx.temporal
  try {
    await client.withDeadline(Date.now() + START_DEADLINE_MS, () =>
      client.workflow.start<typeof deliverWebhook>('deliverWebhook', {
        ...startOptionsOf(ctx, delivery),
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      }),
    )
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return
    throw isPassing(error) ? tryAgain(error) : error
  }
}

/**
 * One attempt now, by the run of the delivery or by a new one. Resolves when it has ended, or while it is
 * still on its way after 20 s.
 */
export async function attemptNow(
  ctx: StartContext,
  delivery: DeliveryRecord,
  requestId: string,
): Promise<void> {
  const { client } = ctx.temporal
  const deadline = Date.now() + REPLAY_DEADLINE_MS
  for (let tries = 1; ; tries += 1) {
    const startWorkflowOperation = new WithStartWorkflowOperation<typeof deliverWebhook>(
      'deliverWebhook',
      {
        ...startOptionsOf(ctx, delivery),
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      },
    )
    try {
      await client.withDeadline(deadline, () =>
        client.workflow.executeUpdateWithStart(replayUpdate, {
          startWorkflowOperation,
          updateId: `replay-${requestId}`,
        }),
      )
      return
    } catch (error) {
      const { outcome, isClosed, error: shown } = startFailureOf(error)
      if (outcome === 'timeout') return
      if (!isClosed || tries === MAX_TRIES) throw shown
    }
  }
}

function startOptionsOf({ webhookGapsMs }: StartContext, delivery: DeliveryRecord) {
  const { deliveryId, accountId, type, taskId, url, attempts, status } = delivery
  const { host } = new URL(url)
  const isPlanned = status === 'pending' && taskId !== null
  const attemptsBefore = attempts.at(-1)?.number ?? 0
  const gapsMs = isPlanned ? webhookGapsMs.slice(attemptsBefore) : []
  return {
    workflowId: deliveryId,
    taskQueue: QUEUES.orchestrator,
    args: [{ deliveryId, type, taskId, host, attemptsBefore, gapsMs }],
    staticSummary: `${type} to ${host}`,
    staticDetails: `- task \`${taskId ?? 'none: a test'}\`\n- account \`${accountId}\`\n- receiver at \`${host}\``,
    typedSearchAttributes: [{ key: ACCOUNT, value: accountId }],
    priority: priorityOf(accountId),
  } satisfies WorkflowStartOptions<typeof deliverWebhook>
}
