import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request as a receiver got it. */
export interface Received {
  method: string
  headers: IncomingMessage['headers']
  body: string
}

type Answer = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>

/** The host where customers keep their videos: each path answers as the test says. */
export async function startCustomerHost(port: number) {
  const answers = new Map<string, Answer>()
  const server: Server = createServer((req, res) => {
    const answer = answers.get(new URL(req.url ?? '/', 'http://host').pathname)
    if (answer) void answer(req, res)
    else res.writeHead(404).end()
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let served = 0

  const at = (name: string, answer: Answer): string => {
    const path = `/${(served += 1)}/${name}`
    answers.set(path, answer)
    return base + path
  }
  return {
    /** A file with range requests, as any web server gives it; `delayMs` before each answer. */
    file: (path: string, { delayMs = 0, name = 'clip.mp4' } = {}) =>
      at(name, async (req, res) => {
        if (delayMs > 0) await sleep(delayMs)
        await sendFile(path, req, res)
      }),
    text: (body: string, name: string, type: string, status = 200) =>
      at(name, (_req, res) => {
        res.writeHead(status, { 'content-type': type }).end(body)
      }),
    /** One file for the probe's range requests, another for whoever fetches it whole. */
    swap: (probed: string, fetched: string) =>
      at('clip.mp4', (req, res) => sendFile(req.headers.range ? probed : fetched, req, res)),
    /** A file whose answers to the probe, or to whoever fetches it whole, wait until the gate is opened. */
    gated(path: string, held: 'probe' | 'fetch') {
      const asked = Promise.withResolvers<void>()
      const opened = Promise.withResolvers<void>()
      const url = at('clip.mp4', async (req, res) => {
        if ((held === 'probe') === (req.headers.range !== undefined)) {
          asked.resolve()
          await opened.promise
        }
        await sendFile(path, req, res)
      })
      return { url, asked: asked.promise, open: () => opened.resolve() }
    },
    /** One URL whose file the customer changes meanwhile; null: it is there no more. */
    changing(path: string) {
      let now: string | null = path
      const url = at('clip.mp4', (req, res) =>
        now === null ? void res.writeHead(404).end() : sendFile(now, req, res),
      )
      return { url, become: (next: string | null) => void (now = next) }
    },
    /** The probe reads it; whoever fetches it whole is told that it is there no more. */
    probedOnly: (path: string) =>
      at('clip.mp4', (req, res) =>
        req.headers.range ? sendFile(path, req, res) : void res.writeHead(404).end(),
      ),
    /** Says that it has so many bytes, and has only the first. */
    claiming: (bytes: number) =>
      at('clip.mp4', (req, res) => {
        const [, from = '0', to = '0'] = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? '') ?? []
        const length = Number(to) - Number(from) + 1
        const range = `bytes ${from}-${to}/${bytes}`
        res.writeHead(206, { 'content-range': range, 'content-length': length })
        res.end(Buffer.alloc(length))
      }),
    /** A page of the customer's own site. */
    page: (html: string, headers: Record<string, string> = {}) =>
      at('page.html', (_req, res) => {
        res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(html)
      }),
    /** A customer's own server: what it was sent, and what it answers to each request in turn. */
    receiver(...statuses: number[]) {
      const got: Received[] = []
      const url = at('hook', async (req, res) => {
        const parts: Buffer[] = []
        for await (const part of req) parts.push(part as Buffer)
        const { method = '', headers } = req
        got.push({ method, headers, body: Buffer.concat(parts).toString('utf8') })
        res.writeHead(statuses[got.length - 1] ?? statuses.at(-1) ?? 204).end('noted')
      })
      return { url, got }
    },
    /** A customer's own server that takes what it is sent, and never answers. */
    silent() {
      const asked = Promise.withResolvers<void>()
      const url = at('silent', () => asked.resolve())
      return { url, asked: asked.promise }
    },
    missing: () => `${base}/nothing-here.mp4`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function sendFile(path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { size } = await stat(path)
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? '') ?? []
  const start = Number(from ?? 0)
  const end = Math.min(to ? Number(to) : size - 1, size - 1)
  if (start >= size) {
    res.writeHead(416, { 'content-range': `bytes */${size}` }).end()
    return
  }
  res.writeHead(from === undefined ? 200 : 206, {
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    'content-type': 'video/mp4',
    ...(from !== undefined && { 'content-range': `bytes ${start}-${end}/${size}` }),
  })
  createReadStream(path, { start, end }).pipe(res)
}
