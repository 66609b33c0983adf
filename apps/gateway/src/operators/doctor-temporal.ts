import type { DoctorCheck } from '@upscale/types'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import type { GatewayContext } from '../context.ts'
import { healthy, ill } from './doctor-check.ts'
import type { Check } from './doctor-check.ts'
import { msOf } from './temporal-time.ts'

const DAY_MS = 86_400_000
const MIN_RETENTION_DAYS = 7 // an idempotency key lives as long, and its answer is the run's
const KEYWORD = 2 // temporal.api.enums.v1.IndexedValueType
const REACH = 'Start Temporal, or mend TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE'

/** The server, and how our namespace is set up. */
export const temporalChecks = ({ temporal, config }: GatewayContext): Check[] => {
  const { workflowService, operatorService } = temporal.client.connection
  const { namespace, address } = config.temporal
  return [
    {
      part: 'temporal',
      fix: REACH,
      look: async () => {
        await temporal.check()
        return [healthy('temporal', `answers at ${address}, namespace ${namespace}`)]
      },
    },
    {
      part: 'retention',
      fix: REACH,
      look: async () => {
        const { config: settings } = await workflowService.describeNamespace({ namespace })
        const days = msOf(settings?.workflowExecutionRetentionTtl) / DAY_MS
        return [retentionCheck(days, namespace)]
      },
    },
    {
      part: 'search attributes',
      fix: REACH,
      look: async () => {
        const { customAttributes } = await operatorService.listSearchAttributes({ namespace })
        return [attributesCheck(customAttributes ?? {}, namespace)]
      },
    },
  ]
}

function retentionCheck(days: number, namespace: string): DoctorCheck {
  const says = `closed runs are kept for ${days} ${days === 1 ? 'day' : 'days'}`
  if (days >= MIN_RETENTION_DAYS) return healthy('retention', says)
  return ill(
    'retention',
    `${says}: less than the ${MIN_RETENTION_DAYS} that a repeated request may need`,
    `Set the retention of namespace ${namespace} to 30 days`,
  )
}

function attributesCheck(known: Readonly<Record<string, unknown>>, namespace: string): DoctorCheck {
  const missing = SEARCH_ATTRIBUTES.map(({ name }) => name).filter(
    (name) => Number(known[name]) !== KEYWORD,
  )
  if (missing.length === 0) {
    return healthy('search attributes', `all ${SEARCH_ATTRIBUTES.length} are registered`)
  }
  return ill(
    'search attributes',
    `${missing.join(', ')} not registered as Keyword: no new job can start`,
    `Register them in namespace ${namespace}, each as Keyword; npx pnpm@12 start does so on its own stack`,
  )
}
