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
  /** Where it may connect to. */
  policy: SafeFetchPolicy
  /** A probe's own clock, which ends it as `source_timeout`. */
  timeMs: number
  events: Events
  logger: Logger
  metrics: Registry
}

type ContextConfig = Pick<MediaProbeConfig, 'sourceKeys' | 'fetch' | 'logLevel'>

export function createContext(
  { sourceKeys, fetch, logLevel }: ContextConfig,
  given: Partial<Pick<MediaProbeContext, 'logger'>> = {},
): MediaProbeContext {
  const logger = given.logger ?? createProbeLogger(logLevel)
  const metrics = createMetrics()
  const events = createEvents(logger, metrics)
  const policy = readPolicy({ ...fetch, onAllowed: events.allowListUsed })
  return { sourceKeys, policy, timeMs: fetch.timeMs, events, logger, metrics }
}
