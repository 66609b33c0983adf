import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from '@jest/globals'
import { createHealth } from '@upscale/runtime'
import { createApp } from '../src/app.ts'
import type { BillingContext } from '../src/context.ts'

const AUTH = { authorization: 'Bearer test-secret' }

export interface Answer<Body> {
  status: number
  body: Body
}

/** The internal HTTP API on a port of its own. */
export async function serve(ctx: BillingContext) {
  const health = createHealth({ database: () => Promise.resolve() }, ctx.metrics)
  const server = createApp(ctx, health, 'test-secret').listen(0)
  await once(server, 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    base,
    async get<Body>(path: string, headers: Record<string, string> = AUTH): Promise<Answer<Body>> {
      const response = await fetch(base + path, { headers })
      return { status: response.status, body: (await response.json()) as Body }
    },
    async post(path: string, body: unknown): Promise<Answer<unknown>> {
      const response = await fetch(base + path, {
        method: 'POST',
        headers: { ...AUTH, 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

export const ok = (body: unknown) => ({ status: 200, body })

export const refusal = (status: number, code: string, more: object = {}) => ({
  status,
  body: expect.objectContaining({ code, key: code.toLowerCase(), param: null, ...more }) as unknown,
})
