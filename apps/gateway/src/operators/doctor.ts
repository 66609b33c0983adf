import { pingDatabase } from '@upscale/db'
import type { DoctorView } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { billingChecks } from './doctor-billing.ts'
import { DEADLINE_MS, healthy, lookAt } from './doctor-check.ts'
import type { Check } from './doctor-check.ts'
import { jobChecks } from './doctor-jobs.ts'
import { objectStoreCheck } from './doctor-object-store.ts'
import { queueChecks } from './doctor-queues.ts'
import { scheduleChecks } from './doctor-schedules.ts'
import { temporalChecks } from './doctor-temporal.ts'

/** Looks at every part at once; what is broken is said, never thrown. */
export async function examine(ctx: GatewayContext): Promise<DoctorView> {
  const checks = [
    databaseCheck(ctx),
    ...temporalChecks(ctx),
    ...queueChecks(ctx),
    ...billingChecks(ctx),
    ...scheduleChecks(ctx),
    objectStoreCheck(ctx.objects),
    ...jobChecks(ctx),
  ]
  const said = await ctx.temporal.client.withDeadline(Date.now() + DEADLINE_MS, () =>
    Promise.all(checks.map(lookAt)),
  )
  return { checks: said.flat() }
}

const databaseCheck = ({ db }: GatewayContext): Check => ({
  part: 'database',
  fix: 'Start PostgreSQL, or mend GATEWAY_DATABASE_URL',
  look: async () => {
    await pingDatabase(db)
    return [healthy('database', 'answers')]
  },
})
