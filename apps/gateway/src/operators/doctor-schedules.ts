import { ScheduleNotFoundError } from '@temporalio/client'
import type { DoctorCheck } from '@upscale/types'
import {
  AUDIT_SCHEDULE,
  RECONCILE_SCHEDULE,
  REMOVE_EXPIRED_SCHEDULE,
} from '@upscale/workflows/activities'
import type { GatewayContext } from '../context.ts'
import { healthy, ill } from './doctor-check.ts'
import type { Check } from './doctor-check.ts'

/** The passes over books and expired things that Temporal starts. */
export const scheduleChecks = (ctx: GatewayContext): Check[] =>
  [RECONCILE_SCHEDULE, AUDIT_SCHEDULE, REMOVE_EXPIRED_SCHEDULE].map((id) => ({
    part: `schedule ${id}`,
    fix: 'Mend Temporal first',
    look: async () => [await scheduleCheck(ctx, id)],
  }))

async function scheduleCheck({ temporal }: GatewayContext, id: string): Promise<DoctorCheck> {
  const part = `schedule ${id}`
  try {
    const { state } = await temporal.client.schedule.getHandle(id).describe()
    if (!state.paused) return healthy(part, 'is there and not paused')
    const note = state.note ? `: ${state.note}` : ''
    return ill(
      part,
      `is paused${note}`,
      'Unpause it in the Temporal UI, under Schedules: npx pnpm@12 ops views says where that is',
    )
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error
    return ill(part, 'does not exist', 'Start the orchestrator: it makes the schedule')
  }
}
