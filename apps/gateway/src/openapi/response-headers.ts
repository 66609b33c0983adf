import type { oas31 } from 'zod-openapi'
import type { Endpoint } from '../http/endpoint.ts'

type HeaderText = {
  description: string
  schema: oas31.SchemaObject
  example: string | number
}

const text = (description: string, example: string, pattern?: string): HeaderText => ({
  description,
  schema: { type: 'string', ...(pattern && { pattern }) },
  example,
})
const number = (description: string, example: number): HeaderText => ({
  description,
  schema: { type: 'integer', minimum: 0 },
  example,
})

/** `components.headers`: what answers carry beside their bodies. */
export const RESPONSE_HEADERS = {
  'Request-Id': text(
    'Id of this request: quote it when you ask us something',
    'req_8sYv3Kq0TzLb5NcWd1RfXh7P',
    '^req_[0-9A-Za-z]{16,40}$',
  ),
  'X-RateLimit-Limit': number('Tasks that may be created today; absent where unlimited', 500),
  'X-RateLimit-Remaining': number('Tasks left today', 423),
  'X-RateLimit-Reset': {
    description: 'When the daily quota starts anew, ISO 8601',
    schema: { type: 'string', format: 'date-time' },
    example: '2024-12-28T00:00:00.000Z',
  },
  'RateLimit-Policy': text(
    'The limits: q requests in w seconds',
    '"daily";q=500;w=86400,"burst";q=600;w=60',
  ),
  RateLimit: text(
    'What is left of each: r requests, anew in t seconds',
    '"daily";r=423;t=43200,"burst";r=598;t=30',
  ),
  'Retry-After': number('Seconds to wait before the next try', 5),
  'WWW-Authenticate': {
    description: 'How to authenticate',
    schema: { type: 'string', const: 'Bearer' },
    example: 'Bearer',
  },
  Allow: text('Methods of this path', 'GET, HEAD', '^[A-Z]+(, [A-Z]+)*$'),
  'Idempotent-Replayed': {
    description: 'The answer of an earlier request with this Idempotency-Key',
    schema: { type: 'string', const: 'true' },
    example: 'true',
  },
  'Preference-Applied': text('The wait that was granted', 'wait=30', '^wait=\\d+$'),
  Location: text('Path of what was made', '/api/v1/tasks/task_4fJq9ZbTn2xWc7Lr8KdYs1Vm'),
} as const satisfies Record<string, HeaderText>

type HeaderName = keyof typeof RESPONSE_HEADERS

const RATE_LIMITS = [
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'RateLimit-Policy',
  'RateLimit',
] as const satisfies HeaderName[]

/** Names of the headers that an answer of this status may carry, besides the endpoint's own. */
export function headerNamesOf(endpoint: Endpoint, status: number): HeaderName[] {
  const asked = Object.keys(endpoint.headers?.shape ?? {})
  return [
    'Request-Id',
    ...(endpoint.access === 'account' ? RATE_LIMITS : []),
    ...(asked.includes('idempotency-key') ? (['Idempotent-Replayed'] as const) : []),
    ...(asked.includes('prefer') ? (['Preference-Applied'] as const) : []),
    ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
    ...(status === 405 ? (['Allow'] as const) : []),
    ...(status === 429 || status === 503 ? (['Retry-After'] as const) : []),
  ]
}

/** Headers of an answer: those that many have by reference, the endpoint's own in full. */
export function responseHeaders(endpoint: Endpoint, status: number) {
  const own = endpoint.answers[status]?.headers ?? {}
  const shared = headerNamesOf(endpoint, status)
  return {
    ...Object.fromEntries(
      Object.entries(own).map(([name, description]) => [
        name,
        { description, schema: { type: 'string' } } as const,
      ]),
    ),
    ...Object.fromEntries(shared.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
  }
}
