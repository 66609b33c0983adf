import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Answer, Upload } from '../src/customer.ts'
import { refusalOf } from '../src/refusal.ts'

const MAX_BYTES = 104_857_600
const SLOWLY_MS = 18_000 // the API itself takes a body for 15 s at most
const cast = await openCast({ name: 'homemade', plan: 'pro_monthly', credits: 1_000 })
const { us, withKey, fetch } = cast
const anybody = withKey(null)
const bytes = await readFile(await clip('base.mp4'))
let slowly: Promise<{ upload: Upload; answer: Answer }>

const put = (url: string, body: RequestInit['body'], type = 'video/mp4'): Promise<Answer> =>
  anybody.at('PUT', url, {
    body,
    headers: { 'content-type': type },
    duplex: 'half',
  } as RequestInit)

/** Bytes that come in pieces over some time. */
const inPieces = (pieces: readonly Buffer[], overMs: number): ReadableStream =>
  new ReadableStream({
    async pull(controller) {
      const piece = pieces[given]
      if (!piece) return controller.close()
      controller.enqueue(piece)
      given += 1
      await sleep(overMs / pieces.length)
    },
  })
let given = 0

beforeAll(() => {
  slowly = (async () => {
    const upload = await us.openUpload('video/mp4')
    const size = Math.ceil(bytes.length / 36)
    const pieces = Array.from({ length: 36 }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
    return { upload, answer: await put(upload.uploadUrl, inPieces(pieces, SLOWLY_MS)) }
  })()
})
afterAll(() => cast[Symbol.asyncDispose]())

describe('a file that has no URL', () => {
  test('gets a place, is stored by one plain PUT, and is upscaled from there', async () => {
    const upload = await us.openUpload('video/mp4', bytes.length)
    expect(upload).toEqual({
      uploadUrl: expect.stringContaining(cast.stack.api),
      publicUrl: expect.stringContaining(upload.key),
      key: expect.stringMatching(/^uploads\/.+\.mp4$/),
      expiresAt: expect.any(String),
    })
    const openForMs = Date.parse(upload.expiresAt) - Date.now()
    expect(openForMs).toBeGreaterThan(59 * 60_000)
    expect(openForMs).toBeLessThanOrEqual(60 * 60_000)

    const stored = await put(upload.uploadUrl, bytes)
    expect(stored.status).toBe(200)
    const back = await fetch(upload.publicUrl)
    expect(Buffer.from(await back.arrayBuffer())).toEqual(bytes)
    expect(back.headers.get('content-disposition')).toMatch(/^attachment/)

    const posted = await us.upscale({ video_url: upload.publicUrl })
    expect(posted.body.data).toMatchObject({
      creditsUsed: 48,
      input: { video_url: upload.publicUrl, detected_duration: '3s' },
    })
    const task = await us.watch((posted.body.data as { id: string }).id, hasEnded)
    expect(task).toMatchObject({ status: 'completed', output: { width: 640, height: 360 } })
  })

  test.each([
    ['video/quicktime', 'base.mov', 'mov'],
    ['video/x-matroska', 'base.mkv', 'mkv'],
  ] as const)('may be %s', async (type, name, container) => {
    const upload = await us.openUpload(type)
    const { status } = await put(upload.uploadUrl, await readFile(await clip(name)), type)
    expect(status).toBe(200)
    const quote = await us.quote({ video_url: upload.publicUrl })
    expect(quote.body.data).toMatchObject({ credits: 48, source: { container } })
  })

  test('a second PUT replaces the first', async () => {
    const { uploadUrl, publicUrl } = await us.openUpload('video/mp4')
    await put(uploadUrl, await readFile(await clip('sixty.mp4')))
    await put(uploadUrl, bytes)
    const quote = await us.quote({ video_url: publicUrl })
    expect(quote.body.data).toMatchObject({ input: { billed_seconds: 3 } })
  })
})

describe('what is refused', () => {
  test.each<[string, object, string]>([
    ['no type', {}, 'UNSUPPORTED_CONTENT_TYPE'],
    ['another type', { contentType: 'image/png' }, 'UNSUPPORTED_CONTENT_TYPE'],
    ['one byte too many', { sizeBytes: MAX_BYTES + 1 }, 'FILE_TOO_LARGE'],
    ['half a byte', { sizeBytes: 0.5 }, 'INVALID_PARAMETER'],
  ])('a place for %s', async (_what, body, code) => {
    const type = code === 'UNSUPPORTED_CONTENT_TYPE' ? {} : { contentType: 'video/mp4' }
    const answer = await us.post('/upload', { ...type, ...body })
    expect(refusalOf(answer)).toMatchObject({ status: 400, code })
  })

  test('bytes of another type, of none, compressed ones', async () => {
    const { uploadUrl } = await us.openUpload('video/mp4')
    const other = await put(uploadUrl, bytes, 'video/quicktime')
    expect(refusalOf(other)).toMatchObject({ status: 400, code: 'UNSUPPORTED_CONTENT_TYPE' })
    const empty = await put(uploadUrl, '')
    expect(refusalOf(empty)).toMatchObject({ status: 400, key: 'upload_empty' })
    const headers = { 'content-type': 'video/mp4', 'content-encoding': 'gzip' }
    const zipped = await anybody.at('PUT', uploadUrl, { body: bytes, headers })
    expect(refusalOf(zipped)).toMatchObject({ status: 415, code: 'UNSUPPORTED_ENCODING' })
  })

  test('a file that is too large, announced or found out; the place stays open', async () => {
    const { uploadUrl, publicUrl } = await us.openUpload('video/mp4')
    const announced = await put(uploadUrl, Buffer.alloc(MAX_BYTES + 1))
    expect(refusalOf(announced)).toMatchObject({ status: 400, code: 'FILE_TOO_LARGE' })
    const mega = Buffer.alloc(1_048_576)
    let sent = 0
    const unannounced = new ReadableStream({
      pull(controller) {
        if (sent > 101) controller.close()
        else controller.enqueue(mega)
        sent += 1
      },
    })
    const found = await put(uploadUrl, unannounced)
    expect(found.body.error?.message).toMatch(/^File is 10\d\.\d MB; max for video is 100 MB$/)
    expect((await fetch(publicUrl)).status).toBe(404)
    expect((await put(uploadUrl, bytes)).status).toBe(200)
  })

  test('a place that was never given, and one whose hour is over', async () => {
    const { uploadUrl, key } = await us.openUpload('video/mp4')
    await cast.operator.uploadGrewOld(key)
    for (const url of [uploadUrl, `${uploadUrl.slice(0, -4)}0000`]) {
      expect(refusalOf(await put(url, bytes))).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    }
  })

  test('the upload of somebody else, or of the other mode, as if it were not there', async () => {
    const { uploadUrl, publicUrl } = await us.openUpload('video/mp4')
    const empty = await us.upscale({ video_url: publicUrl })
    await put(uploadUrl, bytes)
    const other = await cast.open('homemade-other')
    const testing = withKey(await cast.operator.openTestKey('homemade', 'pro_monthly'))
    for (const who of [other, testing]) {
      const answer = await who.upscale({ video_url: publicUrl })
      expect(refusalOf(answer)).toEqual(refusalOf(empty))
      expect(refusalOf(answer)).toMatchObject({ status: 422, code: 'PROBE_FAILED' })
    }
    expect((await us.quote({ video_url: publicUrl })).status).toBe(200)
  })
})

test('a PUT that takes 18 seconds is stored whole', async () => {
  const { upload, answer } = await slowly
  expect(answer.status).toBe(200)
  const back = await fetch(upload.publicUrl)
  expect(Buffer.from(await back.arrayBuffer())).toEqual(bytes)
})
