import { randomBytes } from 'node:crypto'
import { createLogger, sealSource } from '@upscale/runtime'
import type { TaskId, UpscaleFactor } from '@upscale/types'
import { createContext } from '../src/context.ts'
import type { MediaProbeContext } from '../src/context.ts'
import { probeVideo } from '../src/probe-video.ts'

export interface TestProbe {
  ctx: MediaProbeContext
  /** The log so far, one object a line. */
  log(): Record<string, unknown>[]
  probe: (
    url: string,
    factor?: UpscaleFactor,
    signal?: AbortSignal,
  ) => ReturnType<typeof probeVideo>
  input: (url: string, factor?: UpscaleFactor) => Parameters<typeof probeVideo>[1]
  /** The same for a test key. */
  probeInTest: (url: string, factor?: UpscaleFactor) => ReturnType<typeof probeVideo>
}

/** A probe that may connect to the given local origins. */
export function testProbe(...allow: string[]): TestProbe {
  const lines: string[] = []
  const logger = createLogger('media-probe', 'debug', { write: (line) => void lines.push(line) })
  const sourceKeys = new Map([['k1', randomBytes(32)]])
  const fetch = {
    allow: allow.join(','),
    refuse: '',
    ownHosts: ['upscale.example.com'],
    production: false,
    timeMs: 1_000,
  }
  const objectStore = 'file:///nowhere'
  const ctx = createContext({ sourceKeys, objectStore, fetch, logLevel: 'debug' }, { logger })
  const input = (url: string, factor: UpscaleFactor = '2') => ({
    taskId: 'task_0123456789abcdef' as TaskId,
    source: sealSource(sourceKeys, url),
    factor,
  })
  return {
    ctx,
    input,
    log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    probe: (url, factor, signal) => probeVideo(ctx, input(url, factor), signal),
    probeInTest: (url, factor) => probeVideo(ctx, { ...input(url, factor), livemode: false }),
  }
}
