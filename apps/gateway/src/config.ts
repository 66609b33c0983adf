import { ConfigError, envInt, envListen, envSecret, envText, readKeyRing } from '@upscale/runtime'
import type { Env } from '@upscale/runtime'
import { readPeppers } from './accounts/api-key.ts'

const DAY_MS = 86_400_000

export type GatewayConfig = ReturnType<typeof readGatewayConfig>
export type WorkerConfig = ReturnType<typeof readWorkerConfig>

/** Settings of the HTTP process. */
export const readGatewayConfig = (env: Env) => ({
  ...readCommon(env),
  publicUrl: publicUrl(envText(env, 'PUBLIC_URL')),
  http: {
    listen: envListen(env, 'GATEWAY_PORT'),
    internal: envListen(env, 'GATEWAY_INTERNAL_PORT'),
    internalSecret: envSecret(env, 'GATEWAY_SECRET'),
    drainWaitMs: envInt(env, 'DRAIN_WAIT_MS', 1_000), // one interval of the balancer's readiness check
    drainGraceMs: envInt(env, 'DRAIN_GRACE_MS', 25_000), // the longest POST, and a little more
  },
  keys: { peppers: readPeppers(envSecret(env, 'API_KEY_PEPPER')) },
  sources: {
    keyRing: readKeyRing(envSecret(env, 'SOURCE_KEYS')),
    allow: envText(env, 'SAFE_FETCH_ALLOW', ''),
    production: env['NODE_ENV'] === 'production',
  },
  objectStore: envText(env, 'OBJECT_STORE'),
  jobs: {
    parkForMs: envInt(env, 'PARK_FOR_MS', DAY_MS), // a night's outage is no refund
    retry: {
      attempts: envInt(env, 'UPSCALE_ATTEMPTS', 10), // each deploy or eviction of a worker costs one
      firstRetryMs: envInt(env, 'UPSCALE_FIRST_RETRY_MS', 5_000),
    },
  },
})

/** Settings of the activity process. */
export const readWorkerConfig = (env: Env) => ({
  ...readCommon(env),
  internal: envListen(env, 'GATEWAY_WORKER_INTERNAL_PORT'),
  resultKeptMs: envInt(env, 'RESULT_KEPT_MS', 30 * DAY_MS),
})

const readCommon = (env: Env) => ({
  logLevel: envText(env, 'LOG_LEVEL', 'info'),
  db: {
    url: envSecret(env, 'GATEWAY_DATABASE_URL'),
    poolMax: envInt(env, 'GATEWAY_POOL_MAX', 10),
    statementTimeoutMs: 5_000,
    lockTimeoutMs: 3_000,
    idleInTransactionTimeoutMs: 5_000,
  },
  temporal: {
    address: envText(env, 'TEMPORAL_ADDRESS'),
    namespace: envText(env, 'TEMPORAL_NAMESPACE', 'default'),
  },
  billing: {
    url: envText(env, 'BILLING_URL'),
    secret: envSecret(env, 'BILLING_SECRET'),
    timeoutMs: 3_000,
  },
})

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** Without a final slash; keys travel in clear over http, so that is for this machine only. */
function publicUrl(text: string): string {
  const url = URL.parse(text)
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.includes(url.hostname))
  if (!url || !isSafe) {
    throw new ConfigError('PUBLIC_URL must be an https URL, or http on a loopback address')
  }
  return url.href.replace(/\/+$/, '')
}
