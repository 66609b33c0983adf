import { WorkflowNotFoundError } from '@temporalio/common'
import type { TemporalClient } from '@upscale/runtime'
import type { TaskId } from '@upscale/types'
import { STAGE } from '@upscale/workflows/activities'

const DESCRIBE_DEADLINE_MS = 5_000

/** The newest run of a job as Temporal has it. */
export type JobRun =
  | { state: 'running'; isParked: boolean }
  /** `isCompleted`: it ended without an error, and so may not be started again. */
  | { state: 'closed'; closedAtMs: number; isCompleted: boolean }
  /** Never started, or older than Temporal keeps runs. */
  | { state: 'unknown' }

/** Asks Temporal; an outage is thrown and never taken for `unknown`. */
export async function readRun({ client }: TemporalClient, taskId: TaskId): Promise<JobRun> {
  try {
    const { status, closeTime, typedSearchAttributes } = await client.withDeadline(
      Date.now() + DESCRIBE_DEADLINE_MS,
      () => client.workflow.getHandle(taskId).describe(),
    )
    if (!closeTime) {
      return { state: 'running', isParked: typedSearchAttributes.get(STAGE) === 'needs_attention' }
    }
    const isCompleted = status.name === 'COMPLETED'
    return { state: 'closed', closedAtMs: closeTime.getTime(), isCompleted }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { state: 'unknown' }
    throw error
  }
}
