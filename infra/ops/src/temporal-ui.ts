import type { LocalStack } from './local-stack.ts'
import type { World } from './world.ts'

/** Where people look at workflows. */
export interface TemporalUi {
  origin: string
  namespace: string
}

/** The page that is named by option or variable, else that of the local stack; null: not known. */
export function findTemporalUi(
  given: string | undefined,
  env: World['env'],
  local: LocalStack | undefined,
): TemporalUi | null {
  const origin = given ?? (env['UPSCALE_TEMPORAL_UI'] || local?.temporal?.ui)
  if (!origin) return null
  const namespace = local?.temporal?.namespace ?? (env['TEMPORAL_NAMESPACE'] || 'default')
  return { origin: origin.replace(/\/+$/, ''), namespace }
}

export const workflowPage = ({ origin, namespace }: TemporalUi, workflowId: string): string =>
  `${origin}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`

export const queryPage = ({ origin, namespace }: TemporalUi, query: string): string =>
  `${origin}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${encodeURIComponent(query)}`
