import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  createServer as createRawServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net'
import { AppError } from '@upscale/types'
import { readPolicy, type Resolve, type SafeFetchPolicy } from '../src/index.ts'

/** A customer's host on loopback. */
export interface Origin extends AsyncDisposable {
  port: number
  /** `127.0.0.1:<port>` */
  pair: string
  url: string
  /** Connections so far. */
  connections(): number
  /** `Range` header of each request so far. */
  ranges: (string | undefined)[]
}

type Answer = (req: IncomingMessage, res: ServerResponse) => void

/** An HTTP server that answers as told. */
export function startOrigin(answer: Answer): Promise<Origin> {
  const ranges: (string | undefined)[] = []
  const server = createServer({ keepAliveTimeout: 1 }, (req, res) => {
    ranges.push(req.headers.range)
    answer(req, res)
  })
  return listen(server, ranges)
}

/** A server that speaks bytes: `answer` gets the socket once a request head is in. */
export const startRawOrigin = (answer: (socket: Socket) => void): Promise<Origin> =>
  listen(
    createRawServer((socket) => {
      socket.on('error', () => {}).once('data', () => answer(socket))
    }),
    [],
  )

/** A server that closes each connection as soon as it is made. */
export const startHangUp = (): Promise<Origin> =>
  listen(
    createRawServer((socket) => void socket.on('error', () => {}).destroy()),
    [],
  )

/** An HTTP server that honours single ranges of `file`. */
export const startRangeOrigin = (
  file: Uint8Array,
  headers: Record<string, string> = { etag: '"v1"' },
): Promise<Origin> =>
  startOrigin((req, res) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '') ?? []
    const start = Number(first)
    const end = Math.min(Number(last) + 1, file.length)
    if (first === undefined) {
      res.writeHead(200, { ...headers, 'content-length': file.length }).end(file)
    } else if (start >= file.length) {
      res.writeHead(416, { 'content-range': `bytes */${file.length}` }).end()
    } else {
      const range = { 'content-range': `bytes ${start}-${end - 1}/${file.length}` }
      res.writeHead(206, { ...headers, ...range }).end(file.subarray(start, end))
    }
  })

async function listen(server: Server, ranges: (string | undefined)[]): Promise<Origin> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    pair: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}/video.mp4`,
    connections: () => connections,
    ranges,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Opens the origins by the allow-list, the switch that a laptop uses. */
export const allowing = (...origins: Origin[]): SafeFetchPolicy =>
  readPolicy({ allow: origins.map(({ pair }) => pair).join(), ownHosts: [], production: false })

/** Nothing is allowed that production would refuse; names are answered by `resolve`. */
export const resolving = (resolve: Resolve, allow = ''): SafeFetchPolicy =>
  readPolicy({ allow, ownHosts: [], production: false, resolve })

/** Code or, for PROBE_FAILED, key of the failure; 'fine' where there was none. */
export async function failureOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'fine'
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return error.code === 'PROBE_FAILED' ? error.key : error.code
  }
}

/** A file whose bytes tell where they stand. */
export function makeFile(length: number): Uint8Array {
  const file = new Uint8Array(length)
  for (let at = 0; at < length; at++) file[at] = at * 31 + (at >> 8) * 7
  return file
}
