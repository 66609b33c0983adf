import { ConfigError, envInt, envListen, envSecret, envText, readKeyRing } from '@upscale/runtime'
import type { Env } from '@upscale/runtime'
import { readPeppers } from './accounts/api-key.ts'

const DAY_MS = 86_400_000

export type GatewayConfig = ReturnType<typeof readGatewayConfig>
export type WorkerConfig = ReturnType<typeof readWorkerConfig>

/** Settings of the HTTP process. */
export const readGatewayConfig = (env: Env) => ({
  ...readCommon(env),
  http: {
    listen: envListen(env, 'GATEWAY_PORT'),
    internal: envListen(env, 'GATEWAY_INTERNAL_PORT'),
    internalSecret: envSecret(env, 'GATEWAY_SECRET'),
    drainWaitMs: envInt(env, 'DRAIN_WAIT_MS', 1_000), // one interval of the balancer's readiness check
    drainGraceMs: envInt(env, 'DRAIN_GRACE_MS', 25_000), // the longest POST, and a little more
    maxStreams: envInt(env, 'EVENT_STREAMS_MAX', 4_000), // of this process; other requests need sockets too
  },
  keys: { peppers: readPeppers(envSecret(env, 'API_KEY_PEPPER')) },
  limits: {
    requestsPerMinute: envInt(env, 'RATE_REQUESTS_PER_MINUTE', 600), // of an account, like the next two
    createsPerMinute: envInt(env, 'RATE_CREATES_PER_MINUTE', 60),
    quotesPerHour: envInt(env, 'RATE_QUOTES_PER_HOUR', 60),
    openTasks: envInt(env, 'OPEN_TASKS_MAX', 100),
    ipRequestsPerMinute: envInt(env, 'IP_REQUESTS_PER_MINUTE', 1_200), // 0: no limit, like the next
    ipAuthFailuresPerMinute: envInt(env, 'IP_AUTH_FAILURES_PER_MINUTE', 20),
    trustedProxies: envInt(env, 'TRUSTED_PROXIES', 0), // hops before us that add to X-Forwarded-For
  },
  sources: { keyRing: readKeyRing(envSecret(env, 'SOURCE_KEYS')) },
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
  objectStore: envText(env, 'OBJECT_STORE'),
  resultKeptMs: {
    live: envInt(env, 'RESULT_KEPT_MS', 30 * DAY_MS),
    test: envInt(env, 'TEST_RESULT_KEPT_MS', DAY_MS),
  },
})

const readCommon = (env: Env) => ({
  logLevel: envText(env, 'LOG_LEVEL', 'info'),
  publicUrl: publicUrl(envText(env, 'PUBLIC_URL')),
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
  fetch: {
    allow: envText(env, 'SAFE_FETCH_ALLOW', ''),
    production: env['NODE_ENV'] === 'production',
  },
  webhooks: {
    keyRing: readKeyRing(envSecret(env, 'WEBHOOK_KEYS'), 'WEBHOOK_KEYS'),
    gapsMs: gapsFrom(envText(env, 'WEBHOOK_GAPS_MS', WEBHOOK_GAPS_MS)),
  },
  billing: {
    url: envText(env, 'BILLING_URL'),
    secret: envSecret(env, 'BILLING_SECRET'),
    timeoutMs: 3_000,
  },
})

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** A restart of the receiver, a bad deploy, an outage, a weekend. */
const WEBHOOK_GAPS_MS = [
  5_000,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR_MS),
].join()

/** Comma-separated whole numbers. */
function gapsFrom(text: string): number[] {
  const gaps = text.split(',')
  if (!gaps.every((gap) => /^[1-9]\d{0,8}$/.test(gap))) {
    throw new ConfigError('WEBHOOK_GAPS_MS must be milliseconds from 1 on, comma-separated')
  }
  return gaps.map(Number)
}

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
