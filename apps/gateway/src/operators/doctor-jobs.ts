import { isGrpcServiceError } from '@temporalio/client'
import type { DoctorCheck } from '@upscale/types'
import { STAGE } from '@upscale/workflows/activities'
import type { GatewayContext } from '../context.ts'
import { healthy, ill } from './doctor-check.ts'
import type { Check } from './doctor-check.ts'

const PARKED = `${STAGE.name} = "needs_attention" AND ExecutionStatus = "Running"`
const STUCK = 'TemporalReportedProblems IS NOT NULL AND ExecutionStatus = "Running"'
const UNKNOWN_ATTRIBUTE: readonly number[] = [3] // gRPC: INVALID_ARGUMENT
const LIST = 'List them: npx pnpm@12 ops views has a page of the Temporal UI for it'
const MEND = 'Mend Temporal first'

/** Jobs that go on only when somebody does something. */
export const jobChecks = (ctx: GatewayContext): Check[] => [
  {
    part: 'parked jobs',
    fix: MEND,
    look: async () => [parkedCheck(await count(ctx, PARKED))],
  },
  { part: 'stuck workflows', fix: MEND, look: () => stuckChecks(ctx) },
]

const parkedCheck = (jobs: number): DoctorCheck =>
  jobs === 0
    ? healthy('parked jobs', 'none waits for an operator')
    : ill('parked jobs', waitText(jobs), LIST)

const waitText = (jobs: number): string =>
  jobs === 1 ? '1 job waits for an operator' : `${jobs} jobs wait for an operator`

/** Nothing where the server does not know what its workflows' tasks do. */
async function stuckChecks(ctx: GatewayContext): Promise<DoctorCheck[]> {
  try {
    const stuck = await count(ctx, STUCK)
    if (stuck === 0) return [healthy('stuck workflows', 'none')]
    const says = `the tasks of ${stuck} keep failing: the orchestrator's log says why`
    return [ill('stuck workflows', says, LIST)]
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error
    if (isGrpcServiceError(cause) && UNKNOWN_ATTRIBUTE.includes(cause.code)) return []
    throw error
  }
}

const count = async ({ temporal }: GatewayContext, query: string): Promise<number> =>
  (await temporal.client.workflow.count(query)).count
