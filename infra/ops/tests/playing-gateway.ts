import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  method: string
  /** With its query. */
  path: string
  secret: string | undefined
  body: unknown
}

/** `null`: the connection breaks instead; text: sent as it is. */
export type Answer = { status: number; body?: object | string } | null

export interface PlayingGateway extends AsyncDisposable {
  url: string
  /** What came in, oldest first. */
  asked: Asked[]
}

/** A server that says what a gateway says, by method and path: it shows what the CLI makes of it, no more. */
export async function playGateway(
  answers: Record<string, Answer | ((asked: Asked) => Answer)>,
): Promise<PlayingGateway> {
  const asked: Asked[] = []
  const server = createServer((req, res) => {
    void readAsked(req).then((request) => {
      asked.push(request)
      const given = answers[`${request.method} ${request.path.split('?')[0]}`]
      const answer = typeof given === 'function' ? given(request) : given
      if (answer === null) return res.destroy()
      const { status, body } = answer ?? { status: 404, body: 'no such page' }
      return res
        .writeHead(status)
        .end(typeof body === 'object' ? JSON.stringify(body) : (body ?? ''))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function readAsked(req: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return {
    method: req.method ?? '',
    path: req.url ?? '',
    secret: req.headers.authorization,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

/** A refusal as the gateway says it. */
export const refusal = (status: number, code: string, key: string, message: string): Answer => ({
  status,
  body: { success: false, error: { code, key, message, param: null } },
})
