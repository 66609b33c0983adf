import { isGrpcServiceError } from '@temporalio/client'
import type { DoctorCheck } from '@upscale/types'
import { STAGE } from '@upscale/workflows/activities'
import type { GatewayContext } from '../context.ts'
import { healthy, ill } from './doctor-check.ts'
import type { Check } from './doctor-check.ts'

const PARKED = `${STAGE.name} = "needs_attention" AND ExecutionStatus = "Running"`
const STUCK = 'TemporalReportedProblems IS NOT NULL AND ExecutionStatus = "Running"'
const UNKNOWN_ATTRIBUTE: readonly number[] = [3] // gRPC: INVALID_ARGUMENT
const MEND = 'Mend Temporal first'

/** Jobs that go on only when somebody does something. */
export const jobChecks = (ctx: GatewayContext): Check[] => [
  {
    part: 'parked jobs',
    fix: MEND,
    look: async () => [parkedCheck(await count(ctx, PARKED), ctx)],
  },
  { part: 'stuck workflows', fix: MEND, look: () => stuckChecks(ctx) },
]

const parkedCheck = (jobs: number, { config }: GatewayContext): DoctorCheck =>
  jobs === 0
    ? healthy('parked jobs', 'none waits for an operator')
    : ill('parked jobs', waitText(jobs), listing(PARKED, config.temporal.namespace))

const waitText = (jobs: number): string =>
  jobs === 1 ? '1 job waits for an operator' : `${jobs} jobs wait for an operator`

/** Nothing where the server does not know what its workflows' tasks do. */
async function stuckChecks(ctx: GatewayContext): Promise<DoctorCheck[]> {
  try {
    const stuck = await count(ctx, STUCK)
    if (stuck === 0) return [healthy('stuck workflows', 'none')]
    const says = `the tasks of ${stuck} keep failing: the orchestrator's log says why`
    return [ill('stuck workflows', says, listing(STUCK, ctx.config.temporal.namespace))]
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error
    if (isGrpcServiceError(cause) && UNKNOWN_ATTRIBUTE.includes(cause.code)) return []
    throw error
  }
}

const listing = (query: string, namespace: string): string =>
  `List them: temporal workflow list -n ${namespace} --query '${query}'`

const count = async ({ temporal }: GatewayContext, query: string): Promise<number> =>
  (await temporal.client.workflow.count(query)).count
