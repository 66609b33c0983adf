import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { IncomingMessage, RequestOptions, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface Balancer extends AsyncDisposable {
  origin: string
}

/** These are about one connection, and say nothing to the next. */
const HOP_HEADERS = ['connection', 'keep-alive', 'transfer-encoding']
const IDLE_MS = 75_000 // longer than clients keep a connection that they do not use
const MAX_HEAD_BYTES = 65_536 // what is too much is for the gateways to say

/**
 * One address before several gateways: each request goes to the next of them, and to another one where
 * that refuses the connection. Bodies pass as they come, both ways; what breaks behind is cut in front.
 */
export async function startBalancer(port: number, gateways: readonly string[]): Promise<Balancer> {
  let next = 0
  const order = (): URL[] => {
    next = (next + 1) % gateways.length
    return [...gateways.slice(next), ...gateways.slice(0, next)].map((origin) => new URL(origin))
  }
  const server = createServer(
    {
      maxHeaderSize: MAX_HEAD_BYTES,
      requestTimeout: 0,
      keepAliveTimeout: IDLE_MS,
      requireHostHeader: false,
    },
    (req, res) => void pass(req, res, order()),
  )
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function pass(req: IncomingMessage, res: ServerResponse, order: URL[]): Promise<void> {
  const cut = () => void req.socket.destroy()
  const socket = await firstThatAccepts(order)
  if (!socket) return cut()
  const upstream = request({ ...headOf(req), createConnection: () => socket })
  upstream.once('response', (answer) => {
    res.sendDate = false
    res.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders))
    res.flushHeaders() // an event stream may say nothing for a while
    answer.once('error', cut).pipe(res)
  })
  upstream.on('error', () => res.headersSent || cut()) // who has answered may refuse the rest
  upstream.once('close', () => req.unpipe(upstream).resume()) // or else the next request waits behind it
  res.once('close', () => upstream.destroy())
  req.once('error', () => upstream.destroy()).pipe(upstream)
}

/** Nothing was sent yet, so that any request may go to the next one. */
async function firstThatAccepts(gateways: readonly URL[]): Promise<Socket | undefined> {
  for (const { hostname, port } of gateways) {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    const accepted = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    if (accepted) return socket
  }
  return undefined
}

function headOf({ method, url, rawHeaders, socket }: IncomingMessage): RequestOptions {
  const headers = [...endToEnd(rawHeaders), 'X-Forwarded-For', socket.remoteAddress ?? '']
  return { method, path: url, headers: [...headers, 'Connection', 'keep-alive'] }
}

/** Names and values, one after the other, without those of this connection. */
const endToEnd = (raw: readonly string[]): string[] =>
  raw.filter(
    (_text, place) => !HOP_HEADERS.includes((raw[place - (place % 2)] ?? '').toLowerCase()),
  )
