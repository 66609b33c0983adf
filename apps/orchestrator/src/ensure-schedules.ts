import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client'
import type {
  Client,
  ScheduleOptions,
  ScheduleOptionsStartWorkflowAction,
} from '@temporalio/client'
import type { reconcileBilling, removeExpired } from '@upscale/workflows'
import {
  AUDIT_INPUT,
  AUDIT_SCHEDULE,
  QUEUES,
  RECONCILE_INPUT,
  RECONCILE_SCHEDULE,
  REMOVE_EXPIRED_SCHEDULE,
} from '@upscale/workflows/activities'
import type { ReconcileInput } from '@upscale/workflows/activities'

type Spec = ScheduleOptions['spec']

/** Creates the schedules of this release, or brings them up to date; one that is paused stays paused. */
export async function ensureSchedules(client: Client): Promise<void> {
  const everyMinute: Spec = { intervals: [{ every: '1 minute' }] }
  const nightly: Spec = { calendars: [{ hour: 3, minute: 30 }] } // UTC; few jobs run
  await ensure(client, passOf(RECONCILE_SCHEDULE, everyMinute, RECONCILE_INPUT))
  await ensure(client, passOf(AUDIT_SCHEDULE, nightly, AUDIT_INPUT))
  await ensure(client, REMOVE_EXPIRED)
}

const passOf = (
  scheduleId: string,
  spec: Spec,
  input: ReconcileInput,
): ScheduleOptions<ScheduleOptionsStartWorkflowAction<typeof reconcileBilling>> => ({
  scheduleId,
  spec,
  action: {
    type: 'startWorkflow',
    workflowType: 'reconcileBilling',
    workflowId: scheduleId,
    taskQueue: QUEUES.orchestrator,
    args: [input],
    // Else one that hangs would hold up all that follow.
    workflowExecutionTimeout: input.audit ? '2 hours' : '30 minutes',
    staticSummary: input.audit
      ? 'every account and task, and two days of jobs'
      : 'books, and leftovers of jobs that are over',
  },
  policies: {
    overlap: ScheduleOverlapPolicy.SKIP,
    // A pass that was missed is made up for by the next one; a night is not.
    catchupWindow: input.audit ? '12 hours' : '1 minute',
  },
})

const REMOVE_EXPIRED: ScheduleOptions<ScheduleOptionsStartWorkflowAction<typeof removeExpired>> = {
  scheduleId: REMOVE_EXPIRED_SCHEDULE,
  spec: { intervals: [{ every: '10 minutes' }] },
  action: {
    type: 'startWorkflow',
    workflowType: 'removeExpired',
    workflowId: REMOVE_EXPIRED_SCHEDULE,
    taskQueue: QUEUES.orchestrator,
    args: [],
    workflowExecutionTimeout: '2 hours', // else one that hangs would hold up all that follow
    staticSummary: 'results, uploads and rows whose time is over',
  },
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
}

async function ensure(client: Client, options: ScheduleOptions): Promise<void> {
  try {
    // The first pass at once: until one has ended nobody can say that the books are right.
    await client.schedule.create({ ...options, state: { triggerImmediately: true } })
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
    const handle = client.schedule.getHandle(options.scheduleId)
    await handle.update(({ state }) => ({ ...options, state }))
  }
}
