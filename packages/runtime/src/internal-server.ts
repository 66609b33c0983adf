import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from '@prometheus-io/client'
import type { ListenAddress } from './env.ts'

/** Each check throws where its part does not work. */
export type Checks = Record<string, () => Promise<void>>

export interface Health {
  /** Answers /livez, /readyz and /metrics; false where the request is for somebody else. */
  handle: (...request: Parameters<RequestListener>) => boolean
  /** From here on /readyz says 503, so that no new work arrives. */
  drain: () => void
}

const CHECK_LIMIT_MS = 500
const CHECK_KEPT_MS = 1000

/** Health and metrics of a process, for its internal port. */
export function createHealth(checks: Checks, metrics: Registry): Health {
  let draining = false
  let kept: { at: number; result: Promise<Record<string, string>> } | undefined

  const runChecks = () => {
    if (!kept || Date.now() - kept.at > CHECK_KEPT_MS) {
      kept = { at: Date.now(), result: checkAll(checks) }
    }
    return kept.result
  }
  const ready = async (res: Parameters<RequestListener>[1]) => {
    const parts = { ...(await runChecks()), ...(draining && { draining: 'yes' }) }
    const ok = !draining && Object.values(parts).every((state) => state === 'ok')
    res.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' })
    res.end(JSON.stringify(parts))
  }

  const show = async (res: Parameters<RequestListener>[1]) => {
    res.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.metrics())
  }

  return {
    drain: () => {
      draining = true
    },
    handle(req, res) {
      if (req.method !== 'GET') return false
      switch (req.url) {
        case '/livez':
          res.writeHead(200, { 'content-type': 'application/json' }).end('{"live":"ok"}')
          return true
        case '/readyz':
          void ready(res)
          return true
        case '/metrics':
          void show(res)
          return true
        default:
          return false
      }
    },
  }
}

async function checkAll(checks: Checks): Promise<Record<string, string>> {
  const states = Object.entries(checks).map(async ([name, check]) => [name, await stateOf(check)])
  return Object.fromEntries(await Promise.all(states)) as Record<string, string>
}

async function stateOf(check: () => Promise<void>): Promise<string> {
  const tooSlow = AbortSignal.timeout(CHECK_LIMIT_MS)
  const late = once(tooSlow, 'abort').then(() => {
    throw new Error(`no answer within ${CHECK_LIMIT_MS} ms`)
  })
  try {
    await Promise.race([check(), late])
    return 'ok'
  } catch (error) {
    return error instanceof Error ? error.message : 'failed'
  }
}

export interface InternalServer extends AsyncDisposable {
  port: number
  drain: () => void
}

/** The health of a process that has no other HTTP, on loopback or the pod's own network. */
export async function startInternalServer(options: {
  listen: ListenAddress
  checks: Checks
  metrics: Registry
}): Promise<InternalServer> {
  const health = createHealth(options.checks, options.metrics)
  const server = createServer((req, res) => {
    if (!health.handle(req, res)) res.writeHead(404).end()
  })
  server.listen(options.listen)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    drain: health.drain,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
