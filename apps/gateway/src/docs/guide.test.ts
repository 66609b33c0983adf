import { describe, expect, test } from '@jest/globals'
import { newWebhookSecret, signatureOf } from '../webhooks/sign.ts'
import { guidePages } from './guide.ts'

const HOST = 'https://api.example.org'
const pages = guidePages(HOST)

test('every page shows the host that customers call', () => {
  for (const { markdown } of pages) expect(markdown).not.toContain('upscale.example')
  expect(pages[0]?.markdown).toContain(`curl -s ${HOST}/api/v1/tools/upscale-video`)
})

describe('the check of webhooks for Node.js', () => {
  type Verify = (
    body: string | Uint8Array,
    headers: Record<string, string>,
    secret: string,
  ) => unknown
  const verifyOf = async (): Promise<Verify> => {
    const text = pages.find(({ slug }) => slug === 'webhooks')?.markdown ?? ''
    const [, code = ''] = /```js\n(.*?)```/s.exec(text) ?? []
    const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
      verify: Verify
    }
    return module.verify
  }
  const secret = newWebhookSecret()
  const body = '{"type":"task.completed","data":{"metadata":{"name":"ü"}}}'
  const headersAt = (timestamp: number, secrets = [secret]) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureOf(secrets, { id: 'msg_1', timestamp, body }),
  })
  const now = Math.floor(Date.now() / 1000)

  test('takes what we sign, with either secret while one is replaced', async () => {
    const verify = await verifyOf()
    expect(verify(body, headersAt(now), secret)).toEqual(JSON.parse(body))
    const both = headersAt(now, [newWebhookSecret(), secret])
    expect(verify(Buffer.from(body), both, secret)).toEqual(JSON.parse(body))
  })

  test('refuses what was changed, what is old, and what has no time', async () => {
    const verify = await verifyOf()
    expect(() => verify(`${body} `, headersAt(now), secret)).toThrow('not signed by us')
    expect(() => verify(body, headersAt(now), newWebhookSecret())).toThrow('not signed by us')
    expect(() => verify(body, headersAt(now - 301), secret)).toThrow('too old')
    const { 'webhook-timestamp': _, ...timeless } = headersAt(now)
    expect(() => verify(body, timeless, secret)).toThrow('too old')
  })
})
