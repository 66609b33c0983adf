import { envInt, envListen, envSecret, envText } from '@upscale/runtime'
import type { Env } from '@upscale/runtime'

export type BillingConfig = ReturnType<typeof readConfig>

// A statement ends before its activity attempt does (2 s), so that no attempt works on unseen.
const DB_TIMEOUTS = {
  statementTimeoutMs: 1_500,
  lockTimeoutMs: 1_000,
  idleInTransactionTimeoutMs: 5_000,
}

export const readConfig = (env: Env) => ({
  db: {
    url: envSecret(env, 'BILLING_DATABASE_URL'),
    poolMax: envInt(env, 'BILLING_POOL_MAX', 10),
    ...DB_TIMEOUTS,
  },
  temporal: {
    address: envText(env, 'TEMPORAL_ADDRESS'),
    namespace: envText(env, 'TEMPORAL_NAMESPACE', 'default'),
  },
  http: { listen: envListen(env, 'BILLING_PORT'), secret: envSecret(env, 'BILLING_SECRET') },
  logLevel: envText(env, 'LOG_LEVEL', 'info'),
})
