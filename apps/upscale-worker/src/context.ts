import { findTools } from '@upscale/ffmpeg'
import type { Tools } from '@upscale/ffmpeg'
import { openObjectStore } from '@upscale/object-store'
import type { ObjectStore } from '@upscale/object-store'
import { createMetrics } from '@upscale/runtime'
import type { KeyRing, Logger, Registry } from '@upscale/runtime'
import { readPolicy } from '@upscale/safe-fetch'
import type { SafeFetchPolicy } from '@upscale/safe-fetch'
import type { UpscaleWorkerConfig } from './config.ts'
import type { Engine } from './engines/engine.ts'
import { createLocalEngine } from './engines/local/local-engine.ts'
import { createPlainEngine } from './engines/plain/plain-engine.ts'
import { createEvents } from './events.ts'
import type { Events } from './events.ts'
import { freeBytesAt } from './free-bytes.ts'
import { createUpscaleLogger } from './logger.ts'
import { createTestPictures } from './magic/test-pictures.ts'
import type { TestPictures } from './magic/test-pictures.ts'

export interface UpscaleContext {
  tools: Tools
  engine: Engine
  /** For test keys: nothing of theirs reaches a provider. */
  plainEngine: Engine
  testPictures: TestPictures
  objects: ObjectStore
  sourceKeys: KeyRing
  /** Where it may connect to. */
  policy: SafeFetchPolicy
  /** Each attempt has a folder of its own in here. */
  workFolder: string
  /** Bytes that may still be written at a path. */
  freeBytes: (path: string) => Promise<number>
  events: Events
  logger: Logger
  metrics: Registry
  now: () => number
}

type ContextConfig = Pick<
  UpscaleWorkerConfig,
  'tools' | 'objectStore' | 'sourceKeys' | 'fetch' | 'workFolder' | 'logLevel'
>

/** Throws UPSCALER_UNAVAILABLE where the media tools are missing. */
export async function createContext(
  config: ContextConfig,
  given: Partial<UpscaleContext> = {},
): Promise<UpscaleContext> {
  const logger = given.logger ?? createUpscaleLogger(config.logLevel)
  const metrics = createMetrics()
  const events = createEvents(logger, metrics)
  const tools = await findTools(config.tools)
  return {
    tools,
    engine: createLocalEngine(tools),
    plainEngine: createPlainEngine(tools),
    testPictures: createTestPictures(tools),
    objects: openObjectStore(config.objectStore),
    sourceKeys: config.sourceKeys,
    policy: readPolicy({ ...config.fetch, onAllowed: events.allowListUsed }),
    workFolder: config.workFolder,
    freeBytes: freeBytesAt,
    events,
    logger,
    metrics,
    now: Date.now,
    ...given,
  }
}
