import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appUrl, rolePassword } from '@upscale/db'
import { responseChecker, testDatabase } from '@upscale/testing'
import type { CheckResponse, SeenResponse } from '@upscale/testing'
import type { AuditEntry } from '@upscale/types'
import { createApiKey } from '../src/accounts/create-api-key.ts'
import { readGatewayConfig, readWorkerConfig } from '../src/config.ts'
import { createGatewayContext, createWorkerContext } from '../src/context.ts'
import { migrate } from '../src/db/migrate.ts'
import { startGateway } from '../src/start-gateway.ts'
import type { ErrorView } from '../src/tasks/error-view.ts'
import type { taskView } from '../src/tasks/task-view.ts'
import { startTestBilling } from './test-billing.ts'

export type TaskData = ReturnType<typeof taskView>

interface Body {
  success: boolean
  data: TaskData & { models: unknown[] }
  error: ErrorView
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  body: Body
}

export interface OperatorAnswer {
  status: number
  body: Record<string, unknown> & { error: ErrorView }
}

/** What operators who change something have to say. */
export const BECAUSE = { reason: 'the provider is back', actor: 'ada' }

export type TestGateway = Awaited<ReturnType<typeof testGateway>>

interface CustomerOptions {
  balance?: number
  livemode?: boolean
  apiAccess?: boolean
  /** null: no limit. */
  dailyTasks?: number | null
}

/** Calls the public API of the gateway at `origin`; each answer has to be as its document says. */
const callerOf =
  (origin: string, check: CheckResponse) =>
  async (
    path: string,
    init: RequestInit = {},
    known: Pick<SeenResponse, 'limitsUnknown'> = {},
  ): Promise<Answer> => {
    const response = await fetch(origin + path, init)
    const text = await response.text()
    const { status, headers } = response
    check({ method: init.method ?? 'GET', path, status, headers, body: text, ...known })
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const body = (isJson ? JSON.parse(text) : {}) as Body
    return { status, headers, text, body }
  }

/** The real HTTP process over a database of its own; `temporal` names a namespace with workers. */
export async function testGateway(
  temporal = { address: process.env['TEST_TEMPORAL_ADDRESS'] ?? '', namespace: 'default' },
  env: Record<string, string> = {},
) {
  const parts = new AsyncDisposableStack()
  const database = parts.use(
    await testDatabase({
      name: 'gateway',
      sources: ['../src/db', '../../../packages/db/src'].map(
        (path) => new URL(path, import.meta.url),
      ),
      migrate,
    }),
  )
  const billing = parts.use(await startTestBilling('billing-secret'))
  const objects = await mkdtemp(join(tmpdir(), 'gateway-objects-'))
  parts.defer(() => rm(objects, { recursive: true }))
  const settings = {
    LOG_LEVEL: 'silent',
    PUBLIC_URL: 'http://127.0.0.1:1',
    GATEWAY_PORT: '0',
    GATEWAY_INTERNAL_PORT: '0',
    GATEWAY_WORKER_INTERNAL_PORT: '0',
    GATEWAY_SECRET: 'gateway-secret',
    GATEWAY_DATABASE_URL: appUrl(
      database.adminUrl,
      'gateway_app',
      rolePassword(database.adminUrl, 'gateway_app'),
    ),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    API_KEY_PEPPER: 'pepper-of-sixteen-and-more',
    SOURCE_KEYS: `a:${randomBytes(32).toString('base64')}`,
    WEBHOOK_KEYS: `w:${randomBytes(32).toString('base64')}`,
    SAFE_FETCH_ALLOW: 'origin:9000',
    OBJECT_STORE: `file://${objects}`,
    BILLING_URL: billing.url,
    BILLING_SECRET: 'billing-secret',
    DRAIN_WAIT_MS: '0',
    DRAIN_GRACE_MS: '1000',
    UPSCALE_ATTEMPTS: '2',
    UPSCALE_FIRST_RETRY_MS: '100',
    IP_REQUESTS_PER_MINUTE: '0',
    IP_AUTH_FAILURES_PER_MINUTE: '0',
    ...env,
  }
  const ctx = parts.use(createGatewayContext(readGatewayConfig(settings)))
  const gateway = parts.use(await startGateway(ctx))
  const workerConfig = readWorkerConfig(settings)
  const origin = `http://127.0.0.1:${gateway.port}`

  const check = responseChecker(ctx.site.openApi)
  const call = callerOf(origin, check)
  /** The operators' API; with a body it is a POST. */
  const operate = async (path: string, request?: object): Promise<OperatorAnswer> => {
    const response = await fetch(`http://127.0.0.1:${gateway.internalPort}/internal${path}`, {
      method: request ? 'POST' : 'GET',
      headers: { authorization: 'Bearer gateway-secret' },
      ...(request && { body: JSON.stringify(request) }),
    })
    const text = await response.text()
    const body = (text === '' ? {} : JSON.parse(text)) as OperatorAnswer['body']
    return { status: response.status, body }
  }
  return {
    ctx,
    operate,
    /** What was noted about a target, newest first. */
    async auditOf(target: string): Promise<Omit<AuditEntry, 'id' | 'at' | 'requestId'>[]> {
      const { body } = await operate(`/audit?target=${encodeURIComponent(target)}`)
      return (body['items'] as AuditEntry[]).map(({ action, reason, actor, outcome, detail }) => ({
        action,
        target,
        reason,
        actor,
        outcome,
        detail,
      }))
    },
    origin,
    port: gateway.port,
    internalOrigin: `http://127.0.0.1:${gateway.internalPort}`,
    billing,
    objects,
    workerConfig,
    workerContext: () => createWorkerContext(workerConfig),
    /** One with other settings. */
    workerContextIn: (other: Record<string, string>) =>
      createWorkerContext(readWorkerConfig({ ...settings, ...other })),
    check,
    call,
    /** A second HTTP process over the same database and billing. */
    async another(other: Record<string, string> = {}) {
      await using opened = new AsyncDisposableStack()
      const ctx = opened.use(createGatewayContext(readGatewayConfig({ ...settings, ...other })))
      const { port } = opened.use(await startGateway(ctx))
      const all = opened.move()
      const origin = `http://127.0.0.1:${port}`
      const call = callerOf(origin, responseChecker(ctx.site.openApi))
      return { ctx, origin, call, [Symbol.asyncDispose]: () => all.disposeAsync() }
    },
    /** A customer with a key and credits. */
    async customer(
      id: string,
      {
        balance = 1_000,
        livemode = true,
        apiAccess = true,
        dailyTasks = 500,
      }: CustomerOptions = {},
    ) {
      billing.open(`${id}:${livemode ? 'live' : 'test'}`, balance, apiAccess, dailyTasks)
      const { key, id: keyId } = await createApiKey(ctx, {
        customerId: id as never,
        name: 'test',
        livemode,
      })
      const authorization = `Bearer ${key}`
      return {
        key,
        keyId,
        accountId: `${id}:${livemode ? 'live' : 'test'}` as never,
        get: (path: string, headers: Record<string, string> = {}) =>
          call(path, { headers: { authorization, ...headers } }),
        post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
          call(path, {
            method: 'POST',
            headers: { authorization, ...headers },
            body:
              typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
          }),
      }
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
