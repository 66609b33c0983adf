import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FileServer extends AsyncDisposable {
  /** `host:port`, as the allow-list writes it. */
  pair: string
  url: string
}

/** A customer's host. */
export async function serve(answer: RequestListener): Promise<FileServer> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    pair: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}/clip`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

export async function serveFile(path: string, headers: Record<string, string> = {}) {
  const bytes = await readFile(path)
  return await serve((_, res) => {
    res.writeHead(200, { 'content-length': bytes.length, ...headers }).end(bytes)
  })
}
