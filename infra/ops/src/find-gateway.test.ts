import { expect, test } from '@jest/globals'
import { findGateway } from './find-gateway.ts'
import type { LocalStack } from './local-stack.ts'
import { findTemporalUi, queryPage, workflowPage } from './temporal-ui.ts'

const LOCAL: LocalStack = {
  gatewayUrl: 'http://127.0.0.1:4001',
  secret: 'local-secret',
  temporal: { ui: 'http://127.0.0.1:4010', namespace: 'mine' },
}
const ENV = {
  UPSCALE_GATEWAY_INTERNAL_URL: 'http://gateway:4001/',
  UPSCALE_GATEWAY_SECRET: 'given-secret',
}

test('option, then variable, then the stack of this machine', () => {
  expect(findGateway('http://other:1', ENV, LOCAL)).toMatchObject({
    url: 'http://other:1',
    secret: 'given-secret',
  })
  expect(findGateway(undefined, ENV, LOCAL)).toMatchObject({
    url: 'http://gateway:4001',
    secret: 'given-secret',
  })
  expect(findGateway(undefined, {}, LOCAL)).toMatchObject({
    url: 'http://127.0.0.1:4001',
    secret: 'local-secret',
  })
})

test("the local stack's secret is for nobody else", () => {
  expect(() => findGateway('http://other:1', {}, LOCAL)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message:
        'UPSCALE_GATEWAY_SECRET is not set: it is what the gateway at http://other:1 was given as GATEWAY_SECRET, and UPSCALE_GATEWAY_SECRET_FILE may name a file that holds it.',
    }),
  )
})

test('nothing to talk to', () => {
  expect(() => findGateway(undefined, {}, undefined)).toThrow(
    expect.objectContaining({
      exitCode: 5,
      message:
        'No stack runs here: start the stack with `npx pnpm@12 start`, or say where the gateway is with UPSCALE_GATEWAY_INTERNAL_URL and UPSCALE_GATEWAY_SECRET.',
    }),
  )
})

test.each(['gateway:4001', 'ftp://gateway', 'http://user:word@gateway', 'http://gateway?a=b', ''])(
  '%j is no address of a gateway',
  (url) => {
    expect(() => findGateway(url, ENV, LOCAL)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: `The gateway's internal port is named by a URL such as http://gateway:4001, not "${url}".`,
      }),
    )
  },
)

test('a secret may come from a file, and one that cannot be read is said', () => {
  const env = { ...ENV, UPSCALE_GATEWAY_SECRET_FILE: '/no/such/file' }
  expect(() => findGateway(undefined, env, LOCAL)).toThrow(
    'The file that UPSCALE_GATEWAY_SECRET_FILE names cannot be read.',
  )
})

test('where people look at workflows', () => {
  expect(findTemporalUi(undefined, {}, undefined)).toBeNull()
  const local = findTemporalUi(undefined, {}, LOCAL)
  expect(local && workflowPage(local, 'task_1')).toBe(
    'http://127.0.0.1:4010/namespaces/mine/workflows/task_1',
  )
  const given = findTemporalUi('http://ui/', { TEMPORAL_NAMESPACE: 'live' }, undefined)
  expect(given && queryPage(given, 'A = "b"')).toBe(
    'http://ui/namespaces/live/workflows?query=A%20%3D%20%22b%22',
  )
})
