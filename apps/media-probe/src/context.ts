import { openObjectStore } from '@upscale/object-store'
import type { ObjectStore } from '@upscale/object-store'
import { createMetrics } from '@upscale/runtime'
import type { KeyRing, Logger, Registry } from '@upscale/runtime'
import { readPolicy } from '@upscale/safe-fetch'
import type { SafeFetchPolicy } from '@upscale/safe-fetch'
import type { MediaProbeConfig } from './config.ts'
import { createEvents } from './events.ts'
import type { Events } from './events.ts'
import { createProbeLogger } from './logger.ts'

export interface MediaProbeContext {
  sourceKeys: KeyRing
  /** Where uploads lie. */
  objects: ObjectStore
  /** Where it may connect to. */
  policy: SafeFetchPolicy
  /** A probe's own clock, which ends it as `source_timeout`. */
  timeMs: number
  events: Events
  logger: Logger
  metrics: Registry
}

type ContextConfig = Pick<MediaProbeConfig, 'sourceKeys' | 'objectStore' | 'fetch' | 'logLevel'>

export function createContext(
  { sourceKeys, objectStore, fetch, logLevel }: ContextConfig,
  given: Partial<Pick<MediaProbeContext, 'logger'>> = {},
): MediaProbeContext {
  const logger = given.logger ?? createProbeLogger(logLevel)
  const metrics = createMetrics()
  const events = createEvents(logger, metrics)
  const policy = readPolicy({ ...fetch, onAllowed: events.allowListUsed })
  const objects = openObjectStore(objectStore)
  return { sourceKeys, objects, policy, timeMs: fetch.timeMs, events, logger, metrics }
}
