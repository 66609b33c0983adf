import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { hasBrowser, withPage } from '../src/browser.ts'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Task } from '../src/customer.ts'
import { until } from '../src/patiently.ts'

const cast = await openCast({ name: 'viewer', plan: 'pro_monthly', credits: 1_000 })
const { stack, host, us, fetch } = cast
let task: Task
let url: string
let size: number
let whole: Buffer

beforeAll(async () => {
  const { id } = await us.order(host.file(await clip('base.mp4')))
  task = await us.watch(id, hasEnded)
  url = task.result?.url ?? ''
  size = task.output?.bytes ?? 0
  whole = Buffer.from(await (await fetch(url)).arrayBuffer())
})
afterAll(() => cast[Symbol.asyncDispose]())

const get = (headers: Record<string, string> = {}, method = 'GET') =>
  fetch(url, { method, headers })

describe('the link of a result', () => {
  test('gives the very file that was measured, of the right type, without a key or a cookie', async () => {
    const { status, headers } = await get()
    expect(status).toBe(200)
    expect(createHash('sha256').update(whole).digest('hex')).toBe(task.output?.sha256)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(size),
      'accept-ranges': 'bytes',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
      'x-robots-tag': 'noindex',
      'request-id': expect.stringMatching(/^req_/),
    })
    expect(headers.get('content-disposition')).toMatch(/^inline; filename="/)
    expect(headers.get('set-cookie')).toBeNull()
  })

  test('cannot be guessed, and is the same on every read', async () => {
    const { pathname } = new URL(url)
    const random = pathname
      .split('/')
      .find((part) => /^[A-Za-z0-9_-]{22,}$/.test(part) && !part.startsWith('task_'))
    expect(random).toBeDefined() // 22 of 64 characters are 132 bits
    const again = await us.getTask(task.id)
    expect([again.result?.url, again.output?.url]).toEqual([url, url])
    const typo = url.replace(random ?? '', (random ?? '').split('').toReversed().join(''))
    expect((await fetch(typo)).status).toBe(404)
  })

  test('says all of it to HEAD, and sends nothing', async () => {
    const res = await get({}, 'HEAD')
    expect([res.status, res.headers.get('content-length')]).toEqual([200, String(size)])
    expect((await res.arrayBuffer()).byteLength).toBe(0)
  })

  test.each<[string, (size: number) => [number, number]]>([
    ['bytes=0-0', () => [0, 0]],
    ['bytes=100-199', () => [100, 199]],
    ['bytes=1000-', (size) => [1_000, size - 1]],
    ['bytes=-500', (size) => [size - 500, size - 1]],
    ['bytes=0-99999999999', (size) => [0, size - 1]],
  ])('gives a part: %s', async (range, partOf) => {
    const res = await get({ range })
    const [from, to] = partOf(size)
    expect(res.status).toBe(206)
    expect(res.headers.get('content-range')).toBe(`bytes ${from}-${to}/${size}`)
    const part = Buffer.from(await res.arrayBuffer())
    expect(part.equals(whole.subarray(from, to + 1))).toBe(true)
  })

  test('refuses a part behind the end; gives all where the range is odd or the file another one', async () => {
    const behind = await get({ range: `bytes=${size}-` })
    expect([behind.status, behind.headers.get('content-range')]).toEqual([416, `bytes */${size}`])
    for (const headers of [
      { range: 'lines=1-2' },
      { range: 'bytes=5-1' },
      { range: 'bytes=0-9', 'if-range': '"another"' },
    ]) {
      const res = await get(headers)
      expect([headers, res.status]).toEqual([headers, 200])
      expect((await res.arrayBuffer()).byteLength).toBe(size)
    }
    const etag = (await get({}, 'HEAD')).headers.get('etag') ?? ''
    expect((await get({ range: 'bytes=0-9', 'if-range': etag })).status).toBe(206)
  })
})

const PAGE = `<!doctype html><video id="v" muted playsinline preload="auto"></video><script>
const v = document.getElementById('v')
const tell = (what) => fetch('REPORT', { method: 'POST', body: JSON.stringify(what) })
v.onerror = () => tell({ error: v.error.message })
v.onloadedmetadata = () => { v.currentTime = 2.5 }
v.onseeked = () => { v.play().then(() => tell({
  width: v.videoWidth, height: v.videoHeight, duration: v.duration, at: v.currentTime,
  cookie: document.cookie, origin: location.origin })) ; v.onseeked = null }
v.src = 'VIDEO'
</script>`

const inBrowser = hasBrowser ? test : test.skip

inBrowser(
  'it plays in a page of another origin that isolates itself, and can be sought in',
  async () => {
    const { url: report, got } = host.receiver(204)
    // Such a page takes from elsewhere only what says that it may.
    const isolated = { 'cross-origin-embedder-policy': 'require-corp' }
    const html = PAGE.replace('REPORT', report).replace('VIDEO', url)
    const said = await withPage(host.page(html, isolated), () =>
      until('the page has told', async () => got[0]?.body, { limitMs: 30_000 }),
    )
    const seen = JSON.parse(said) as { duration: number; at: number; origin: string }
    expect(seen).toMatchObject({ width: 640, height: 360, cookie: '' })
    expect(seen.origin).not.toBe(stack.api)
    expect(seen.duration).toBeCloseTo(3, 1)
    expect(seen.at).toBeGreaterThanOrEqual(2.5)
  },
)
