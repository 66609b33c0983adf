import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PUBLIC_CODES } from '@upscale/types'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'

const ORIGIN = 'http://127.0.0.1:1' // what PUBLIC_URL says

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const get = (path: string, headers: Record<string, string> = {}) => gateway.call(path, { headers })
const slugs = () => [...gateway.ctx.site.markdown.keys()]

describe('pages', () => {
  test('are HTML that runs nothing and loads from us alone', async () => {
    for (const slug of slugs().filter((it) => it !== 'reference')) {
      const { status, headers, text } = await get(`/docs/${slug}`)
      expect([slug, status, headers.get('content-type')]).toEqual([
        slug,
        200,
        'text/html; charset=utf-8',
      ])
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      )
      expect(text).not.toMatch(/<script|<style| style=| on\w+=/)
    }
  })

  test('are there as Markdown too', async () => {
    for (const slug of slugs()) {
      const { status, headers, text } = await get(`/docs/${slug}.md`)
      expect([slug, status, headers.get('content-type')]).toEqual([
        slug,
        200,
        'text/markdown; charset=utf-8',
      ])
      expect(text).toMatch(/^# .+\n\n.+/)
      expect(text).not.toContain('upscale.example')
    }
  })

  test('begin with the front page, and there is no other', async () => {
    expect((await get('/docs')).text).toContain('<h1 id="overview">')
    for (const path of ['/docs/', '/docs/nothing', '/docs/nothing.md', '/docs/assets/docs.css']) {
      expect(await get(path)).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } })
    }
  })

  test('link only to what there is', async () => {
    const pages = new Map<string, string>()
    for (const slug of slugs()) pages.set(`/docs/${slug}`, (await get(`/docs/${slug}`)).text)
    const links = [...pages].flatMap(([page, text]) =>
      [...text.matchAll(/ (?:href|src)="([^"]+)"/g)].map(([, link = '']) => ({ page, link })),
    )
    expect(links.length).toBeGreaterThan(100)
    const seen = new Map<string, number>()
    for (const { page, link } of links) {
      if (/^(https:|data:)/.test(link)) continue
      const [path = '', anchor] = link.split('#', 2)
      const target = path || page
      if (!seen.has(target)) seen.set(target, (await get(target)).status)
      expect([page, link, seen.get(target)]).toEqual([page, link, 200])
      if (anchor)
        expect([page, link, pages.get(target)]).toEqual([
          page,
          link,
          expect.stringContaining(`id="${anchor}"`),
        ])
    }
  })
})

describe('the reference', () => {
  test('runs our own viewer and nothing inline', async () => {
    const { headers, text } = await get('/docs/reference')
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    const loaded = [...text.matchAll(/<(?:script src|link rel="stylesheet" href)="([^"]+)"/g)]
    expect(loaded.map(([, path = '']) => path.replace(/\.[0-9a-f]{12}\./, '.'))).toEqual([
      '/docs/assets/swagger-ui.css',
      '/docs/assets/docs.css',
      '/docs/assets/swagger-ui-bundle.js',
      '/docs/assets/viewer.js',
    ])
    expect(text).not.toMatch(/<script>|<style| style=| on\w+=/)
    for (const [, path = ''] of loaded) {
      const asset = await get(path)
      expect(asset.status).toBe(200)
      expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(asset.headers.get('content-type')).toMatch(/^text\/(css|javascript); charset=utf-8$/)
      expect(asset.headers.get('content-encoding')).toBe('gzip')
      expect((await get(path, { 'accept-encoding': 'identity' })).text).toBe(asset.text)
    }
  })
})

describe('errors', () => {
  test('have a section each, where doc_url points', async () => {
    const { text } = await get('/docs/errors')
    const anchors = [...text.matchAll(/<h2 id="(\w+)">/g)].map(([, id]) => id)
    expect(anchors).toEqual(PUBLIC_CODES)
  })

  test('say when, status, retry, credits, keys, fix, and how they look', async () => {
    const { text } = await get('/docs/errors.md')
    const [, section = ''] = /^## `PROBE_FAILED`\n(.*?)^## /ms.exec(text) ?? []
    expect(section).toContain('- **HTTP status**: 422\n')
    expect(section).toContain(
      '- **Retry**: by key: yes with `source_unreachable`, `source_timeout`, `source_truncated`, `source_http_status`; no with the others\n',
    )
    expect(section).toContain('- **Credits**: none moved\n')
    expect(section).toContain('- **Fix**: Check that the URL')
    expect(section).toContain('| `source_not_video` | There is something else behind it')
    const [, example = ''] = /```json\n(.*?)```/s.exec(section) ?? []
    expect(JSON.parse(example)).toEqual({
      success: false,
      error: {
        code: 'PROBE_FAILED',
        key: 'source_http_status',
        message: 'Could not read video duration from URL: the server answered 404',
        param: 'video_url',
        retryable: true,
        refunded_credits: 0,
        doc_url: `${ORIGIN}/docs/errors#PROBE_FAILED`,
        request_id: 'req_8sYv3Kq0TzLb5NcWd1RfXh7P',
      },
    })
  })
})

describe('for machines', () => {
  test('there is the OpenAPI document, without a key', async () => {
    const { status, headers, body } = await get('/openapi.json', { authorization: 'Bearer sk-bad' })
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(body).toMatchObject({ openapi: '3.1.1', servers: [{ url: ORIGIN }] })
  })

  test('there is llms.txt with its rules and a link to each page', async () => {
    const { headers, text } = await get('/llms.txt')
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(text).toMatch(/^# Upscale\n\n> .+\n/)
    for (const rule of ['Idempotency-Key', 'max_credits', 'Quote first'])
      expect(text).toContain(rule)
    const links = [...text.matchAll(/\((http:\/\/127\.0\.0\.1:1\/[^)]+)\)/g)].map(
      ([, link]) => link,
    )
    expect(links).toEqual([
      ...slugs().map((slug) => `${ORIGIN}/docs/${slug}.md`),
      `${ORIGIN}/openapi.json`,
      `${ORIGIN}/llms-full.txt`,
    ])
  })

  test('there is everything in one file', async () => {
    const { text } = await get('/llms-full.txt')
    for (const title of ['# Quick start', '# Errors', '# API reference']) {
      expect(text).toContain(`${title}\n`)
    }
  })
})
