import { once } from 'node:events'
import { STATUS_CODES, createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ListenAddress } from '@upscale/runtime'

export interface HttpServer {
  port: number
  /** Answers to the end what has begun, takes nothing new, and closes. */
  drain(waitMs: number, graceMs: number): Promise<void>
}

const SETTINGS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 15_000, // for receiving only: a create waits longer for its answer
  keepAliveTimeout: 65_000, // a balancer's idle time and 5 s: it must never use a dead connection
  connectionsCheckingInterval: 2_000,
  requireHostHeader: false, // the app checks it: Node's refusal is an empty answer
}

/** `malformed` is the whole answer to bytes that are no HTTP request, or that come too slowly. */
export async function startHttpServer(
  listener: RequestListener,
  { listen, malformed }: { listen: ListenAddress; malformed: () => RawAnswer },
): Promise<HttpServer> {
  let draining = false
  const answer: RequestListener = (req, res) => {
    if (draining || isWornOut(req.socket)) res.setHeader('Connection', 'close')
    listener(req, res)
  }
  const server = createServer(SETTINGS, answer)
  server.on('checkExpectation', answer) // the app refuses it
  server.maxConnections = 5_000
  server.maxHeadersCount = 100
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else socket.end(rawText(malformed()))
  })
  server.listen(listen)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async drain(waitMs, graceMs) {
      draining = true
      await sleep(waitMs) // the balancer has to see it first
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
