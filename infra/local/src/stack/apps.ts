import { pathToFileURL } from 'node:url'
import { appUrl, rolePassword } from '@upscale/db'
import type { Ports } from '../ports.ts'
import { Problem } from '../problem.ts'
import type { Secrets } from '../secrets.ts'
import type { StateFolder } from '../state-folder.ts'
import type { TemporalPlace } from '../temporal/temporal-server.ts'

/** One process of ours: what it runs, what it is told, where it says that it is ready. */
export interface AppPlan {
  name: string
  /** Path in the repository. */
  entry: string
  env: Record<string, string>
  /** /livez, /readyz and /metrics. */
  healthPort: number
  /** What people open; null: nothing. */
  url: string | null
}

export interface StackPlan {
  ports: Ports
  secrets: Secrets
  state: StateFolder
  /** Origin that customers see. */
  publicUrl: string
  objectStore: string
  /** `host:port` pairs that customers' URLs may name although they are private. */
  safeFetchAllow: string
}

/** What a stack is made of, from a person's environment. */
export function planStack(
  given: Pick<StackPlan, 'ports' | 'secrets' | 'state'>,
  env: NodeJS.ProcessEnv,
): StackPlan {
  const { ports, state } = given
  const allowed = [env['SAFE_FETCH_ALLOW'], `127.0.0.1:${ports.samples}`].filter(Boolean)
  return {
    ...given,
    publicUrl: env['PUBLIC_URL'] || `http://127.0.0.1:${ports.api}`,
    objectStore: env['OBJECT_STORE'] || pathToFileURL(state.objects).href,
    safeFetchAllow: allowed.join(','),
  }
}

const local = (port: number): string => `http://127.0.0.1:${port}`

const temporalEnv = ({ address, namespace }: TemporalPlace) => ({
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: namespace,
})

/** Only the administrator's URL is given: each owner of a schema gets its own role and URL from it. */
function databaseUrl(adminUrl: string, role: string): string {
  if (new URL(adminUrl).password === '')
    throw new Problem(
      "DATABASE_URL needs the administrator's password (postgres://user:password@host/database): the apps' own passwords are made from it.",
    )
  return appUrl(adminUrl, role, rolePassword(adminUrl, role))
}

export const billingApp = (
  { ports, secrets }: StackPlan,
  temporal: TemporalPlace,
  adminUrl: string,
): AppPlan => ({
  name: 'billing',
  entry: 'apps/billing/src/main.ts',
  healthPort: ports.billing,
  url: local(ports.billing),
  env: {
    ...temporalEnv(temporal),
    BILLING_DATABASE_URL: databaseUrl(adminUrl, 'billing_app'),
    BILLING_PORT: String(ports.billing),
    BILLING_SECRET: secrets.billingSecret,
  },
})

export function gatewayApps(plan: StackPlan, temporal: TemporalPlace, adminUrl: string) {
  const { ports, secrets } = plan
  const env = {
    ...temporalEnv(temporal),
    GATEWAY_DATABASE_URL: databaseUrl(adminUrl, 'gateway_app'),
    GATEWAY_SECRET: secrets.gatewaySecret,
    API_KEY_PEPPER: secrets.apiKeyPepper,
    BILLING_URL: local(ports.billing),
    BILLING_SECRET: secrets.billingSecret,
    SOURCE_KEYS: secrets.sourceKeys,
    WEBHOOK_KEYS: secrets.webhookKeys,
    OBJECT_STORE: plan.objectStore,
    PUBLIC_URL: plan.publicUrl,
    SAFE_FETCH_ALLOW: plan.safeFetchAllow,
  }
  const httpApp = (name: string, url: string, api: number, internal: number): AppPlan => ({
    name,
    entry: 'apps/gateway/src/main.ts',
    healthPort: internal,
    url,
    env: {
      ...env,
      GATEWAY_PORT: String(api),
      GATEWAY_INTERNAL_PORT: String(internal),
      DRAIN_WAIT_MS: '0', // no balancer has to see the stop first
      IP_REQUESTS_PER_MINUTE: '0', // everybody comes from this machine
      IP_AUTH_FAILURES_PER_MINUTE: '0',
    },
  })
  const http = [
    httpApp('gateway', plan.publicUrl, ports.api, ports.gatewayInternal),
    ...ports.furtherGateways.map(({ name, api, internal }) =>
      httpApp(name, local(api), api, internal),
    ),
  ]
  const worker: AppPlan = {
    name: 'gateway-worker',
    entry: 'apps/gateway/src/worker.ts',
    healthPort: ports.gatewayWorkerInternal,
    url: null,
    env: { ...env, GATEWAY_WORKER_INTERNAL_PORT: String(ports.gatewayWorkerInternal) },
  }
  return { http, worker }
}

export const orchestratorApp = ({ ports }: StackPlan, temporal: TemporalPlace): AppPlan => ({
  name: 'orchestrator',
  entry: 'apps/orchestrator/src/main.ts',
  healthPort: ports.orchestratorInternal,
  url: null,
  env: {
    ...temporalEnv(temporal),
    ORCHESTRATOR_INTERNAL_PORT: String(ports.orchestratorInternal),
  },
})

export const mediaProbeApp = (plan: StackPlan, temporal: TemporalPlace): AppPlan => ({
  name: 'media-probe',
  entry: 'apps/media-probe/src/main.ts',
  healthPort: plan.ports.mediaProbeInternal,
  url: null,
  env: {
    ...temporalEnv(temporal),
    MEDIA_PROBE_INTERNAL_PORT: String(plan.ports.mediaProbeInternal),
    SOURCE_KEYS: plan.secrets.sourceKeys,
    SAFE_FETCH_ALLOW: plan.safeFetchAllow,
    PUBLIC_URL: plan.publicUrl,
    OBJECT_STORE: plan.objectStore,
  },
})

export const upscaleWorkerApp = (plan: StackPlan, temporal: TemporalPlace): AppPlan => ({
  name: 'upscale-worker',
  entry: 'apps/upscale-worker/src/main.ts',
  healthPort: plan.ports.upscaleWorkerInternal,
  url: null,
  env: {
    ...temporalEnv(temporal),
    UPSCALE_WORKER_INTERNAL_PORT: String(plan.ports.upscaleWorkerInternal),
    SOURCE_KEYS: plan.secrets.sourceKeys,
    SAFE_FETCH_ALLOW: plan.safeFetchAllow,
    PUBLIC_URL: plan.publicUrl,
    OBJECT_STORE: plan.objectStore,
    WORK_FOLDER: plan.state.work,
  },
})
