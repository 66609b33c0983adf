import { Registry, collectDefaultMetrics } from '@prometheus-io/client'

export type { Registry } from '@prometheus-io/client'
export { Counter, Gauge, Histogram } from '@prometheus-io/client'

/** A registry of its own with the process's figures: memory, CPU, event loop. */
export function createMetrics(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}
