import { once } from 'node:events'
import { STATUS_CODES, createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ListenAddress } from '@upscale/runtime'
import { startBodyClock } from './body-clock.ts'

export interface HttpServer {
  port: number
  /**
   * Answers to the end what has begun, takes nothing new, and closes. `letGo` ends, once the balancer knows,
   * what would last on its own.
   */
  drain(waitMs: number, graceMs: number, letGo?: () => void): Promise<void>
}

const SETTINGS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 1_200_000, // the last resort: bodies have shorter clocks of their own
  keepAliveTimeout: 65_000, // a balancer's idle time and 5 s: it must never use a dead connection
  connectionsCheckingInterval: 2_000,
  requireHostHeader: false, // the app checks it: Node's refusal is an empty answer
}

const BODY_TIMEOUT_MS = 15_000 // for receiving only: a create waits longer for its answer
const LINGER_MS = 2_000 // a close with bytes unread would take the answer back

interface HttpSettings {
  listen: ListenAddress
  /** The whole answer to bytes that are no HTTP request, or that come too slowly. */
  malformed: () => RawAnswer
  /** How long a body may take, where its operation does not say otherwise. */
  bodyTimeoutMs?: number
}

/** Serves HTTP with limits on everything that a client may be slow or endless with. */
export async function startHttpServer(
  listener: RequestListener,
  { listen, malformed, bodyTimeoutMs = BODY_TIMEOUT_MS }: HttpSettings,
): Promise<HttpServer> {
  let draining = false
  const refuse = (socket: Socket) => {
    socket.pause() // what comes after a refusal is no request
    socket.end(rawText(malformed()))
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  }
  const answer: RequestListener = (req, res) => {
    if (draining || isWornOut(req.socket)) res.setHeader('Connection', 'close')
    startBodyClock(req, bodyTimeoutMs, () => {
      if (res.headersSent)
        req.socket.destroy() // it has its answer
      else refuse(req.socket)
    })
    listener(req, res)
  }
  const server = createServer(SETTINGS, answer)
  server.on('checkExpectation', answer) // the app refuses it
  server.maxConnections = 5_000
  server.maxHeadersCount = 100
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const hasAsked = socket.bytesRead > 0 // else it was opened for later: who comes then must not read this
    if (error.code === 'ECONNRESET' || !socket.writable || !hasAsked) socket.destroy()
    else refuse(socket)
  })
  server.listen(listen)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async drain(waitMs, graceMs, letGo) {
      draining = true
      await sleep(waitMs) // the balancer has to see it first
      letGo?.()
      await close(server, graceMs)
    },
  }
}

const REQUESTS_PER_SOCKET = 1_000 // then a client comes anew, maybe to another process
const answered = new WeakMap<Socket, number>()

/** Node's own limit answers a bare 503 to who sent the next request already; ours ends the connection. */
function isWornOut(socket: Socket): boolean {
  const count = (answered.get(socket) ?? 0) + 1
  answered.set(socket, count)
  return count >= REQUESTS_PER_SOCKET
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const grace = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(grace)
}

export interface RawAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

function rawText({ status, headers, body }: RawAnswer): string {
  const all = { ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n')
}
