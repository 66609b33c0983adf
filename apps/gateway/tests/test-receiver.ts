import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** One message that came in. */
export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
  at: number
}

export type TestReceiver = Awaited<ReturnType<typeof startReceiver>>
type Answer = (res: ServerResponse, count: number) => void

/** A customer's host on loopback; each path answers as a test tells it, by default with 204. */
export async function startReceiver() {
  const received: Received[] = []
  const answers = new Map<string, Answer>()
  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = req.url ?? ''
    received.push({ path, headers: req.headers, body: await text(req), at: Date.now() })
    const answer = answers.get(path) ?? ((plain: ServerResponse) => void plain.writeHead(204).end())
    answer(res, of(path).length)
  }
  const server = createServer((req, res) => void receive(req, res))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const pair = `127.0.0.1:${port}`
  const of = (path: string) => received.filter((one) => one.path === path)
  return {
    pair,
    url: (path: string) => `http://${pair}${path}`,
    /** What came to a path, in its order. */
    of,
    /** `count`: how many have come, this one included. */
    answer: (path: string, answer: Answer) => void answers.set(path, answer),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Which of the secrets have signed a message, checked as a receiver does it. */
export function signersOf({ headers, body }: Received, secrets: readonly string[]): string[] {
  const content = `${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${body}`
  const signatures = String(headers['webhook-signature']).split(' ')
  return signatures.map((signature) => {
    const signer = secrets.find((secret) => {
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
      return signature === `v1,${createHmac('sha256', key).update(content).digest('base64')}`
    })
    return signer ?? 'nobody'
  })
}
