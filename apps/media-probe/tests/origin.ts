import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Origin extends AsyncDisposable {
  /** `host:port`, as an allow-list names it. */
  pair: string
  url(path: string): string
  /** The requests so far: their `Range` headers. */
  ranges: string[]
}

/** A customer's host on loopback; `serve` answers each request. */
export async function startOrigin(serve: RequestListener): Promise<Origin> {
  const ranges: string[] = []
  const server = createServer((req, res) => {
    ranges.push(req.headers.range ?? '')
    serve(req, res)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const pair = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    pair,
    ranges,
    url: (path) => `http://${pair}/${path}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Answers ranges of a file, with an ETag. */
export const withRanges =
  (file: Buffer) =>
  (req: IncomingMessage, res: ServerResponse): void => {
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '') ?? []
    const start = Number(from)
    const end = Math.min(Number(to) + 1, file.length)
    if (start >= file.length) {
      res.writeHead(416, { 'content-range': `bytes */${file.length}` }).end()
      return
    }
    res.writeHead(206, {
      etag: '"v1"',
      'content-length': end - start,
      'content-range': `bytes ${start}-${end - 1}/${file.length}`,
    })
    res.end(file.subarray(start, end))
  }

/** Ignores `Range`; `sized` false: does not say how long the file is either. */
export const withoutRanges =
  (file: Buffer, { sized = true } = {}) =>
  (_req: IncomingMessage, res: ServerResponse): void => {
    res.writeHead(200, sized ? { 'content-length': file.length } : {})
    res.write(file.subarray(0, 1000))
    res.end(file.subarray(1000))
  }
