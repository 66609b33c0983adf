import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Request } from 'express'
import { receiveFile } from '../src/uploads/receive-file.ts'

const LIMITS = { maxBytes: 1_000, idleMs: 200, totalMs: 500, lingerMs: 100 }
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'receive-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** What `receiveFile` makes of a body that comes in these pieces, and whether its sender is answered. */
async function receive(
  pieces: readonly (string | number)[],
  { limits = LIMITS, headers = {}, path = join(folder, 'file') } = {},
) {
  const outcome = Promise.withResolvers<unknown>()
  const server = createServer((req, res) => {
    const received = receiveFile(req as Request, path, limits).catch((error: unknown) => error)
    outcome.resolve(received.finally(() => res.end('seen')))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const req = request({ port, host: '127.0.0.1', method: 'PUT', headers })
  const answered = Promise.withResolvers<number | undefined>()
  req.on('response', (res: IncomingMessage) => answered.resolve(res.resume().statusCode))
  req.on('error', () => answered.resolve(undefined))
  const send = async () => {
    for (const piece of pieces) {
      if (typeof piece === 'string') req.write(piece)
      else await new Promise((resolve) => setTimeout(resolve, piece))
    }
    req.end()
  }
  void send()
  const made = await outcome.promise
  const status = await answered.promise
  req.destroy()
  server.close()
  server.closeAllConnections()
  return { made, status }
}

const many = (count: number, piece: string, pauseMs: number) =>
  Array.from({ length: count }, () => [piece, pauseMs]).flat()

test('writes what comes, however slowly, as long as something comes', async () => {
  const { made, status } = await receive(many(4, 'abc', 80))
  expect(made).toBe(12)
  expect(status).toBe(200)
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('abcabcabcabc')
})

test.each<[string, readonly (string | number)[], Record<string, string>, object]>([
  ['over the limit by its word', [], { 'content-length': '1001' }, { code: 'FILE_TOO_LARGE' }],
  ['over the limit by count', many(3, 'x'.repeat(500), 10), {}, { code: 'FILE_TOO_LARGE' }],
  ['silent', ['abc', 400], {}, { code: 'INVALID_PARAMETER', key: 'upload_too_slow' }],
  ['endless', many(20, 'a', 50), {}, { code: 'INVALID_PARAMETER', key: 'upload_too_slow' }],
  ['empty', [], {}, { code: 'INVALID_PARAMETER', key: 'upload_empty' }],
])(
  'a body that is %s is refused, and its sender sees why',
  async (_name, pieces, headers, error) => {
    const { made, status } = await receive(pieces, { headers })
    expect(made).toMatchObject(error)
    expect(status).toBe(200)
  },
)

test('says how long it waited', async () => {
  expect((await receive(['abc', 400])).made).toMatchObject({
    message: 'The upload was stopped: no byte came for 0.2 s. Send the file again to the same URL',
  })
})

test('a disk that does not take it is no fault of the sender', async () => {
  const { made, status } = await receive(['abc'], { path: join(folder, 'missing', 'file') })
  expect(made).toMatchObject({ code: 'UPSTREAM_ERROR' })
  expect(status).toBe(200)
})
