import { envListen, envSecret, envText, readKeyRing } from '@upscale/runtime'
import type { Env } from '@upscale/runtime'

export type MediaProbeConfig = ReturnType<typeof readConfig>

const PROBE_TIME_MS = 12_000 // its activity has 13 s: our refusal must win over Temporal's timeout
const MAX_CONCURRENT = 32 // a probe may hold 16 MiB of headers, and the process half a GiB

export const readConfig = (env: Env) => ({
  temporal: {
    address: envText(env, 'TEMPORAL_ADDRESS'),
    namespace: envText(env, 'TEMPORAL_NAMESPACE', 'default'),
  },
  internal: envListen(env, 'MEDIA_PROBE_INTERNAL_PORT'),
  maxConcurrent: MAX_CONCURRENT,
  sourceKeys: readKeyRing(envSecret(env, 'SOURCE_KEYS')),
  objectStore: envText(env, 'OBJECT_STORE'),
  fetch: {
    allow: envText(env, 'SAFE_FETCH_ALLOW', ''),
    refuse: envText(env, 'SAFE_FETCH_REFUSE', ''),
    ownHosts: [new URL(envText(env, 'PUBLIC_URL')).hostname],
    production: env['NODE_ENV'] === 'production',
    timeMs: PROBE_TIME_MS,
  },
  logLevel: envText(env, 'LOG_LEVEL', 'info'),
})
