import { WithStartWorkflowOperation } from '@temporalio/client'
import type { TemporalClient } from '@upscale/runtime'
import type { Admission, TaskId, UpscaleJob } from '@upscale/types'
import type { upscaleVideo } from '@upscale/workflows'
import { ADMIT_DEADLINE_MS } from '@upscale/workflows/activities'
import { admitUpdate } from '@upscale/workflows/messages'
import type { TaskOrder } from './order-store.ts'
import { detailsOf, startOptionsOf, summaryOf } from './upscale-job.ts'

const UPDATE_ID = 'admit'

/** Update-with-Start under fixed ids: sent twice, it is still one job, one charge and one answer. */
export function admit(
  { client }: TemporalClient,
  job: UpscaleJob,
  order: TaskOrder,
): Promise<Admission> {
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof upscaleVideo>(
    'upscaleVideo',
    {
      ...startOptionsOf(job, { summary: summaryOf(job), details: detailsOf(job, order) }),
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    },
  )
  return client.withDeadline(Date.now() + ADMIT_DEADLINE_MS, () =>
    client.workflow.executeUpdateWithStart(admitUpdate, {
      startWorkflowOperation,
      updateId: UPDATE_ID,
    }),
  )
}

/** The answer of a run that stands already; it starts none. */
export const admitStarted = ({ client }: TemporalClient, taskId: TaskId): Promise<Admission> =>
  client.withDeadline(Date.now() + ADMIT_DEADLINE_MS, () =>
    client.workflow
      .getHandle<typeof upscaleVideo>(taskId)
      .executeUpdate(admitUpdate, { updateId: UPDATE_ID }),
  )
