import { afterAll, describe, expect, test } from '@jest/globals'
import { hasBrowser, renderedPage } from '../src/browser.ts'
import { openCast } from '../src/cast.ts'

const cast = await openCast({ name: 'reader', plan: 'pro_monthly', credits: 100 })
const { stack, fetch } = cast
const { api } = stack

interface Operation {
  operationId: string
  security?: object[]
  responses: Record<string, { content?: Record<string, { examples?: object; example?: object }> }>
}
interface Document {
  openapi: string
  jsonSchemaDialect?: string
  paths: Record<string, Record<string, Operation>>
  webhooks: Record<string, object>
  components: { schemas: Record<string, object> & { ErrorCode: { enum: string[] } } }
}
const document = (await (await fetch(`${api}/openapi.json`)).json()) as Document
const codes = document.components.schemas.ErrorCode.enum

afterAll(() => cast[Symbol.asyncDispose]())

async function pageAt(path: string) {
  const res = await fetch(new URL(path, api).href)
  return { status: res.status, type: res.headers.get('content-type') ?? '', text: await res.text() }
}
const matches = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, found]) => found ?? '')

/** Every page that the front page leads to. */
async function allPages(): Promise<string[]> {
  const { text } = await pageAt('/docs')
  return [...new Set(matches(text, /href="(\/docs\/[a-z-]+)"/g))]
}

describe('/openapi.json', () => {
  test('is a 3.1 document of every route, for anybody', () => {
    expect(document.openapi).toMatch(/^3\.1\./)
    const routes = Object.entries(document.paths).flatMap(([path, item]) =>
      ['get', 'post', 'put', 'delete']
        .filter((method) => method in item)
        .map((method) => `${method} ${path}`),
    )
    expect(routes).toEqual(
      expect.arrayContaining([
        'post /api/v1/tools/upscale-video',
        'post /api/v1/tools/upscale-video/quote',
        'post /api/v1/generate',
        'get /api/v1/tasks',
        'get /api/v1/tasks/{id}',
        'delete /api/v1/tasks/{id}',
        'post /api/v1/tasks/{id}/cancel',
        'get /api/v1/tasks/{id}/events',
        'get /api/v1/credits',
        'get /api/v1/credits/transactions',
        'get /api/v1/models',
        'post /api/v1/upload',
        'get /api/v1/webhooks/secret',
        'post /api/v1/webhooks/secret/rotate',
        'get /api/v1/webhooks/deliveries',
        'get /api/v1/webhooks/deliveries/{id}',
        'post /api/v1/webhooks/deliveries/{id}/replay',
        'post /api/v1/webhooks/test',
        'get /openapi.json',
      ]),
    )
  })

  test('closes the codes, says states by constants, and knows no nullable', () => {
    const text = JSON.stringify(document)
    expect(text).not.toContain('"nullable"')
    expect(codes).toHaveLength(48)
    const { Task } = document.components.schemas as unknown as {
      Task: { oneOf: { $ref: string }[] }
    }
    const states = Task.oneOf.map(({ $ref }) => $ref.split('/').at(-1) ?? '')
    const constants = states.map((name) => {
      const { properties } = document.components.schemas[name] as {
        properties: { status: { const: string } }
      }
      return properties.status.const
    })
    expect(constants.toSorted()).toEqual(
      ['canceled', 'completed', 'failed', 'pending', 'processing'].toSorted(),
    )
  })

  test('has bearer security, none for models, webhooks and the stream', () => {
    expect(document.paths['/api/v1/models']?.['get']?.security).toEqual([])
    expect(Object.keys(document.webhooks).toSorted()).toEqual([
      'task.canceled',
      'task.completed',
      'task.failed',
    ])
    const events = document.paths['/api/v1/tasks/{id}/events']?.['get']?.responses['200']
    expect(Object.keys(events?.content ?? {})).toContain('text/event-stream')
  })

  test('every operation has a name of its own, and an example of its success', () => {
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      ['get', 'post', 'put', 'delete'].flatMap((method) => {
        const operation = item[method]
        return operation ? [{ path, method, operation }] : []
      }),
    )
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { path, method, operation } of operations) {
      const json = operation.responses['200']?.content?.['application/json']
      if (!json || path === '/openapi.json') continue
      const hasExample = 'example' in json || 'examples' in json
      expect([method, path, hasExample]).toEqual([method, path, true])
    }
  })
})

describe('/docs', () => {
  test('every page is there, and every link to a place of ours leads somewhere', async () => {
    const pages = await allPages()
    expect(pages.length).toBeGreaterThan(8)
    const links = new Set<string>()
    for (const path of pages) {
      const { status, type, text } = await pageAt(path)
      expect([path, status, type]).toEqual([path, 200, expect.stringMatching(/^text\/html/)])
      for (const link of matches(text, /(?:href|src)="([^"]+)"/g))
        links.add(new URL(link, api + path).href)
    }
    const ours = [...links].filter((link) => link.startsWith(`${api}/`))
    for (const link of new Set(ours.map((link) => link.split('#')[0] ?? ''))) {
      const { status } = await fetch(link)
      const isCall = link.includes('/api/v1') // an example to paste, with a key
      expect([link, isCall || status === 200]).toEqual([link, true])
    }
  })

  test('nothing is loaded from elsewhere, and nothing runs that a policy does not name', async () => {
    for (const path of await allPages()) {
      const res = await fetch(api + path)
      const text = await res.text()
      const loaded = matches(text, /<(?:script|img|iframe)[^>]+src="([^"]+)"/g)
      const sheets = matches(text, /<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"/g)
      for (const url of [...loaded, ...sheets]) expect(url).toMatch(/^(\/docs\/|data:)/)
      const policy = res.headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toMatch(/unsafe-eval|https?:|script-src[^;]*unsafe-inline/)
    }
  })

  test('each code has a section that its doc_url points to', async () => {
    const { text } = await pageAt('/docs/errors')
    const anchors = new Set(matches(text, / id="([A-Z_]+)"/g))
    expect(codes.filter((code) => !anchors.has(code))).toEqual([])
    const { body } = await cast.us.call('GET', '/nothing')
    expect(body.error?.doc_url).toBe(`${api}/docs/errors#NOT_FOUND`)
  })

  const inBrowser = hasBrowser ? test : test.skip
  inBrowser('the reference shows its operations in a browser that has no internet', async () => {
    const seen = await renderedPage(`${api}/docs/reference`)
    expect(seen).toContain('Upscale a video')
    expect(seen).toContain('/api/v1/tools/upscale-video')
  })
})

describe('/llms.txt', () => {
  test('names the rules, and its links lead to plain text', async () => {
    const { status, type, text } = await pageAt('/llms.txt')
    expect([status, type]).toEqual([200, expect.stringMatching(/^text\/plain/)])
    expect(text).toContain('Idempotency-Key')
    expect(text).toContain('max_credits')
    const links = matches(text, /\]\(([^)]+)\)/g)
    expect(links.length).toBeGreaterThan(8)
    for (const link of links) expect([link, (await pageAt(link)).status]).toEqual([link, 200])
  })
})
