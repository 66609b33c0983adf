import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createApp } from '../src/app.ts'
import { startHttpServer } from '../src/http/http-server.ts'
import { malformedRequest } from '../src/http/malformed-request.ts'
import { resolveSource } from '../src/orders/resolve-source.ts'
import type { ErrorView } from '../src/tasks/error-view.ts'
import { testGateway } from './test-gateway.ts'
import type { Answer, TestGateway } from './test-gateway.ts'

const UPSCALE = '/api/v1/tools/upscale-video'
const FILE = Buffer.from('0123456789'.repeat(20_000))
const HOUR_MS = 3_600_000
const PUBLIC = 'http://127.0.0.1:1'

type Customer = Awaited<ReturnType<TestGateway['customer']>>
interface Slot {
  uploadUrl: string
  publicUrl: string
  key: string
  expiresAt: string
}

let gateway: TestGateway
let customer: Customer
beforeAll(async () => {
  gateway = await testGateway() // no worker: nothing here may start a job
  customer = await gateway.customer('acme')
})
afterAll(() => gateway[Symbol.asyncDispose]())

const pathOf = (url: string): string => url.slice(PUBLIC.length)
const ask = (body: object, by: Customer = customer) => by.post('/api/v1/upload', body)

async function slotFor(contentType = 'video/mp4', by: Customer = customer): Promise<Slot> {
  const { status, body } = await ask({ contentType }, by)
  expect(status).toBe(200)
  return body.data as unknown as Slot
}

const put = (slot: Slot, body: Buffer = FILE, headers: Record<string, string> = {}) =>
  gateway.call(pathOf(slot.uploadUrl), {
    method: 'PUT',
    headers: { 'content-type': 'video/mp4', ...headers },
    body: new Uint8Array(body),
  })

const read = (slot: Slot, headers: Record<string, string> = {}) =>
  gateway.call(pathOf(slot.publicUrl), { headers })

async function storedSlot(body: Buffer = FILE, by: Customer = customer): Promise<Slot> {
  const slot = await slotFor('video/mp4', by)
  expect((await put(slot, body)).status).toBe(200)
  return slot
}

type Refusal = Partial<Omit<ErrorView, 'code'>> & { code: string }
function expectRefusal(answer: Answer, status: number, error: Refusal): void {
  expect(answer).toMatchObject({ status, body: { success: false, error } })
}

/** Moves a time of the slot by what it would be after `ms`. */
const age = (slot: Slot, column: 'putUntil' | 'expiresAt') =>
  gateway.ctx.db
    .updateTable('gateway.upload')
    .set({ [column]: new Date(Date.now() - 1) })
    .where('objectKey', '=', slot.key)
    .execute()

const leftInTemp = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('upscale-upload-'))

describe('asking for a place', () => {
  test('gives two URLs that say nothing of each other', async () => {
    const before = Date.now()
    const { status, body } = await ask({ contentType: 'video/mp4', sizeBytes: 104_857_600 })
    expect(status).toBe(200)
    const slot = body.data as unknown as Slot
    expect(slot).toEqual({
      uploadUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/uploads\/put\/[0-9A-Za-z]{32}$/),
      publicUrl: `${PUBLIC}/${slot.key}`,
      key: expect.stringMatching(/^uploads\/[0-9A-Za-z]{32}\.mp4$/),
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
    const inMs = Date.parse(slot.expiresAt) - before
    expect(Math.abs(inMs - HOUR_MS)).toBeLessThan(5_000)
    const row = await gateway.ctx.db
      .selectFrom('gateway.upload')
      .selectAll()
      .where('objectKey', '=', slot.key)
      .executeTakeFirstOrThrow()
    expect(row).toMatchObject({ accountId: 'acme:live', livemode: true, storedBytes: null })
    expect(row.expiresAt.getTime() - row.createdAt.getTime()).toBe(24 * HOUR_MS)
    expect(JSON.stringify({ ...row, storedBytes: 0 })).not.toContain(
      slot.uploadUrl.split('/').at(-1),
    )
  })

  test.each([
    ['video/quicktime', 'mov'],
    ['video/x-matroska', 'mkv'],
  ])('%s is one', async (contentType, extension) => {
    expect((await slotFor(contentType)).key).toMatch(new RegExp(`\\.${extension}$`))
  })

  const types = 'contentType must be video/mp4, video/quicktime or video/x-matroska'
  const whole = 'sizeBytes must be an integer of at least 1'
  const code = 'UNSUPPORTED_CONTENT_TYPE'
  test.each<[string, object, Refusal]>([
    ['no type', {}, { code, message: types, param: 'contentType' }],
    ['WebM', { contentType: 'video/webm' }, { code, message: types }],
    ['a type of another kind', { contentType: 1 }, { code }],
    ['both wrong', { contentType: 'video/webm', sizeBytes: 0 }, { code }],
    [
      'one byte too many',
      { contentType: 'video/mp4', sizeBytes: 104_857_601 },
      {
        code: 'FILE_TOO_LARGE',
        message: 'File is 100.1 MB; max for video is 100 MB',
        param: 'sizeBytes',
      },
    ],
    [
      '120 MB',
      { contentType: 'video/mp4', sizeBytes: 125_829_120 },
      { code: 'FILE_TOO_LARGE', message: 'File is 120.0 MB; max for video is 100 MB' },
    ],
    ...[0, -1, 1.5, '5', null, 1e300].map((sizeBytes): [string, object, Refusal] => [
      `sizeBytes ${sizeBytes}`,
      { contentType: 'video/mp4', sizeBytes },
      { code: 'INVALID_PARAMETER', message: whole, param: 'sizeBytes' },
    ]),
  ])('%s is refused', async (_name, body, error) => {
    expectRefusal(await ask(body), 400, error)
  })

  test('needs a key', async () => {
    const answer = await gateway.call('/api/v1/upload', { method: 'POST', body: '{}' })
    expectRefusal(answer, 401, { code: 'MISSING_AUTH_HEADER' })
  })

  test('200 may be open at the same time, of each account', async () => {
    const busy = await gateway.customer('busy')
    const now = new Date()
    const rows = Array.from({ length: 199 }, (_, i) => ({
      objectKey: `uploads/busy${i}.mp4`,
      accountId: busy.accountId,
      livemode: true,
      slotDigest: Buffer.from(`busy${i}`),
      contentType: 'video/mp4',
      storedBytes: null,
      createdAt: now,
      putUntil: new Date(now.getTime() + (i + 1) * 60_000),
      expiresAt: new Date(now.getTime() + 24 * HOUR_MS),
    }))
    await gateway.ctx.db.insertInto('gateway.upload').values(rows).execute()
    await slotFor('video/mp4', busy)
    const answer = await ask({ contentType: 'video/mp4' }, busy)
    expectRefusal(answer, 429, {
      code: 'RATE_LIMITED',
      key: 'too_many_uploads',
      message: expect.stringContaining('200 open uploads') as never,
      retryable: true,
    })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(Number(answer.headers.get('retry-after'))).toBeLessThan(61)
    await slotFor()
  })

  test('a store that is away is said before a byte is sent', async () => {
    process.env['AWS_ACCESS_KEY_ID'] ??= 'none'
    process.env['AWS_SECRET_ACCESS_KEY'] ??= 'none'
    await using other = await gateway.another({
      OBJECT_STORE: 's3://bucket?region=eu-central-1&endpoint=http://127.0.0.1:9',
    })
    const answer = await other.call('/api/v1/upload', {
      method: 'POST',
      headers: { authorization: `Bearer ${customer.key}` },
      body: '{"contentType":"video/mp4"}',
    })
    expectRefusal(answer, 502, {
      code: 'UPSTREAM_ERROR',
      message: 'Storage is not reachable. Try again in some seconds',
      retryable: true,
    })
  })
})

describe('sending the bytes', () => {
  test('stores them, and a second PUT replaces them', async () => {
    const slot = await slotFor()
    expectRefusal(await read(slot), 404, { code: 'NO_RESULT' })
    const answer = await put(slot)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      success: true,
      data: { key: slot.key, sizeBytes: FILE.length },
    })
    expect((await read(slot)).text).toBe(FILE.toString())
    expect((await put(slot, Buffer.from('other'))).status).toBe(200)
    expect((await read(slot)).text).toBe('other')
    expect(await leftInTemp()).toEqual([])
  })

  test('takes parameters of the type, and no other type', async () => {
    const slot = await slotFor()
    const mp4 = { 'content-type': 'Video/MP4; codecs="avc1"' }
    expect((await put(slot, FILE, mp4)).status).toBe(200)
    expectRefusal(await put(slot, FILE, { 'content-type': 'video/quicktime' }), 400, {
      code: 'UNSUPPORTED_CONTENT_TYPE',
      message: 'Content-Type must be video/mp4, as it was asked for',
      param: 'Content-Type',
    })
    expectRefusal(await put(slot, FILE, { 'content-encoding': 'gzip' }), 415, {
      code: 'UNSUPPORTED_ENCODING',
      param: 'Content-Encoding',
    })
    expect((await read(slot)).text).toBe(FILE.toString())
  })

  test('needs bytes', async () => {
    const slot = await slotFor()
    expectRefusal(await put(slot, Buffer.alloc(0)), 400, {
      code: 'INVALID_PARAMETER',
      key: 'upload_empty',
    })
    expectRefusal(await read(slot), 404, { code: 'NO_RESULT' })
  })

  test('needs an open slot; an hour is over for all alike', async () => {
    const slot = await slotFor()
    await age(slot, 'putUntil')
    const unknown = { ...slot, uploadUrl: `${PUBLIC}/uploads/put/${'x'.repeat(32)}` }
    for (const closed of [slot, unknown]) {
      expectRefusal(await put(closed), 404, {
        code: 'NOT_FOUND',
        message:
          'No upload is open under this URL: it takes a PUT for one hour. Ask for a new one with POST /api/v1/upload',
      })
    }
    const get = await gateway.call(pathOf(slot.uploadUrl))
    expectRefusal(get, 405, { code: 'METHOD_NOT_ALLOWED', message: 'Use PUT' })
  })

  test('a length over 100 MB is refused before a byte is read', async () => {
    const slot = await slotFor()
    const [, body = ''] = (
      await raw(gateway.port, [
        `PUT ${pathOf(slot.uploadUrl)} HTTP/1.1\r\nHost: a\r\nContent-Type: video/mp4\r\n` +
          `Content-Length: 104857601\r\nConnection: close\r\n\r\n`,
      ])
    ).split('\r\n\r\n')
    expect(JSON.parse(body)).toMatchObject({
      success: false,
      error: {
        code: 'FILE_TOO_LARGE',
        message: 'File is 100.1 MB; max for video is 100 MB',
      },
    })
  })

  test('a connection that is cut stores nothing and leaves nothing', async () => {
    const slot = await storedSlot(Buffer.from('before'))
    const socket = connect(gateway.port, '127.0.0.1')
    socket.write(
      `PUT ${pathOf(slot.uploadUrl)} HTTP/1.1\r\nHost: a\r\nContent-Type: video/mp4\r\n` +
        `Content-Length: 100000\r\n\r\n${'x'.repeat(50_000)}`,
    )
    await until(async () => (await leftInTemp()).length > 0)
    socket.destroy()
    await until(async () => (await leftInTemp()).length === 0)
    expect((await read(slot)).text).toBe('before')
  })

  test('a slot that is closed while its bytes come stores nothing', async () => {
    const slot = await slotFor()
    const request = `PUT ${pathOf(slot.uploadUrl)} HTTP/1.1\r\nHost: a\r\nContent-Type: video/mp4\r\nConnection: close\r\nContent-Length: 10\r\n\r\n01234`
    const closed = async () => {
      await until(async () => (await leftInTemp()).length > 0)
      await age(slot, 'expiresAt')
    }
    expect(await raw(gateway.port, [request, closed, '56789'])).toMatch(/^HTTP\/1\.1 404 /)
    expect(await gateway.ctx.objects.stat(slot.key)).toBeUndefined()
  })
})

describe('clocks', () => {
  test('a slow PUT outlives that of the API, a slow JSON body does not', async () => {
    const publicUrl = gateway.ctx.config.publicUrl
    const server = await startHttpServer(createApp(gateway.ctx), {
      listen: { host: '127.0.0.1', port: 0 },
      malformed: () => malformedRequest(publicUrl),
      bodyTimeoutMs: 300,
    })
    const slot = await slotFor()
    const head = (start: string, more: string) =>
      `${start} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 10\r\n${more}\r\n`
    const slowly = [() => sleep(400), '01234', () => sleep(400), '56789']

    const upload = head(`PUT ${pathOf(slot.uploadUrl)}`, 'Content-Type: video/mp4\r\n')
    expect(await raw(server.port, [upload, ...slowly])).toMatch(/^HTTP\/1\.1 200 /)
    expect((await read(slot)).text).toBe('0123456789')

    const auth = `Authorization: Bearer ${customer.key}\r\n`
    for (const start of [`POST ${UPSCALE}`, 'POST /nowhere/that/reads', 'GET /api/v1/models']) {
      const began = performance.now()
      const answer = await raw(server.port, [head(start, auth), ...slowly])
      expect(performance.now() - began).toBeLessThan(3_000)
      const isRead = start === `POST ${UPSCALE}`
      expect(answer).toMatch(isRead ? /^HTTP\/1\.1 400 / : /^HTTP\/1\.1 (404|200) /)
      if (!isRead) continue
      const [, body = ''] = answer.split('\r\n\r\n')
      expect(JSON.parse(body)).toMatchObject({
        error: { code: 'INVALID_PARAMETER', message: 'Malformed HTTP request' },
      })
    }
    await server.drain(0, 1_000)
  })
})

describe('reading an upload', () => {
  test('gives it for download, never as a page', async () => {
    const slot = await storedSlot()
    const { status, headers, text } = await read(slot)
    expect(status).toBe(200)
    expect(text).toBe(FILE.toString())
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(FILE.length),
      'content-disposition': 'attachment; filename="upload.mp4"',
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      'cache-control': 'private, no-store',
      'accept-ranges': 'bytes',
      'cross-origin-resource-policy': 'same-site',
    })
    for (const absent of ['set-cookie', 'access-control-allow-origin', 'etag']) {
      expect(headers.has(absent)).toBe(false)
    }
  })

  test('by ranges', async () => {
    const slot = await storedSlot(Buffer.from('0123456789'))
    const part = await read(slot, { range: 'bytes=2-4' })
    expect(part).toMatchObject({ status: 206, text: '234' })
    expect(part.headers.get('content-range')).toBe('bytes 2-4/10')
    const behind = await read(slot, { range: 'bytes=10-' })
    expect(behind.status).toBe(416)
    expect(behind.headers.get('content-range')).toBe('bytes */10')
    const unsure = await read(slot, { range: 'bytes=2-4', 'if-range': '"x"' })
    expect(unsure).toMatchObject({ status: 200, text: '0123456789' })
    const head = await gateway.call(pathOf(slot.publicUrl), { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(head.headers.get('content-length')).toBe('10')
  })

  test('ends after 24 hours, and with the file', async () => {
    const [old, lost] = [await storedSlot(), await storedSlot()]
    await age(old, 'expiresAt')
    await gateway.ctx.objects.delete(lost.key)
    for (const slot of [old, lost]) {
      expectRefusal(await read(slot), 404, {
        code: 'NO_RESULT',
        message: 'There is no upload under this link. Uploads are kept for 24 hours',
      })
    }
  })

  test.each(['none.mp4', '..%2F..%2Fetc%2Fpasswd', '%00', 'put'])(
    'there is no %s',
    async (name) => {
      expectRefusal(await gateway.call(`/uploads/${name}`), 404, { code: 'NO_RESULT' })
    },
  )
})

describe('an upload as the source of a job', () => {
  const caller = () => ({ accountId: customer.accountId, livemode: true })
  const resolve = (videoUrl: string, owner = caller()) =>
    resolveSource(gateway.ctx, owner, { videoUrl, place: '' })

  test('is read from the store', async () => {
    const slot = await storedSlot()
    expect(await resolve(slot.publicUrl)).toBe(`store://${slot.key}`)
    expect(await resolve(`${slot.publicUrl}?a=1#b`)).toBe(`store://${slot.key}`)
  })

  test('what is foreign, missing, over or not sent yet looks the same', async () => {
    const stranger = await gateway.customer('stranger')
    const trial = await gateway.customer('acme', { livemode: false })
    const [mine, over] = [await storedSlot(), await storedSlot()]
    await age(over, 'expiresAt')
    const missing = `${PUBLIC}/uploads/${'x'.repeat(32)}.mp4`
    const empty = await slotFor()
    const answers = [
      await stranger.post(UPSCALE, { video_url: mine.publicUrl }),
      await trial.post(UPSCALE, { video_url: mine.publicUrl }),
      await customer.post(UPSCALE, { video_url: over.publicUrl }),
      await customer.post(UPSCALE, { video_url: empty.publicUrl }),
      await customer.post(UPSCALE, { video_url: missing }),
      await customer.post(UPSCALE, { video_url: empty.uploadUrl }),
    ]
    const shown = answers.map(({ status, body }) => ({
      status,
      error: { ...body.error, request_id: '' },
    }))
    for (const answer of shown) expect(answer).toEqual(shown[0])
    expect(shown[0]).toMatchObject({
      status: 422,
      error: { code: 'PROBE_FAILED', key: 'source_unreachable', param: 'video_url' },
    })
    expect(shown[0]?.error.message).toBe(
      'Could not read video duration from URL: there is no such upload of this account. Uploads are kept for 24 hours: upload it again',
    )
  })

  test.each([
    ['store://uploads/abc.mp4', 'url_scheme_not_allowed'],
    ['https://magic.test/ok.mp4', 'url_host_not_allowed'],
    [`${PUBLIC}/results/x.mp4`, 'url_port_not_allowed'],
    [`${PUBLIC}/uploads/\u0000.mp4`, 'url_invalid'],
    [`${PUBLIC}/uploads/${'a'.repeat(2_048)}`, 'url_invalid'],
  ])('%j is refused: %s', async (video_url, key) => {
    const answer = await customer.post(UPSCALE, { video_url })
    expectRefusal(answer, 422, { code: 'PROBE_FAILED', key, param: 'video_url' })
  })

  test('a magic URL stands for itself with a test key, where its text is a URL', async () => {
    const owner = { accountId: customer.accountId, livemode: false }
    expect(await resolve('https://magic.test/ok.mp4', owner)).toBe('https://magic.test/ok.mp4')
    await expect(resolve('https://magic.test/\u0000', owner)).rejects.toMatchObject({
      key: 'url_invalid',
    })
  })
})

type Step = string | (() => Promise<unknown>)

/** Sends bytes step by step; all that came back until the connection ended. */
async function raw(port: number, steps: readonly Step[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let answer = ''
  socket.on('data', (data) => (answer += String(data)))
  socket.on('error', () => undefined) // it may end before all steps are sent
  const closed = once(socket, 'close')
  for (const step of steps) {
    if (typeof step === 'string') socket.write(step)
    else await step()
  }
  await closed
  return answer
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('It did not happen within 5 s')
    await sleep(10)
  }
}
