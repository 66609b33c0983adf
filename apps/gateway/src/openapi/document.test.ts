import { expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { schemaValidator } from '@upscale/testing'
import { ENDPOINTS } from '../endpoints.ts'
import { openApiDocument } from './document.ts'
import { errorsByStatus } from './general-errors.ts'

const HOST = 'https://api.example.org'
const document = openApiDocument(ENDPOINTS, HOST)
const validate = schemaValidator(document)

interface Operation {
  operationId: string
  security?: unknown[]
  parameters?: { name?: string; in?: string; description?: string }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, Response | { $ref: string }>
}
interface Response {
  headers: Record<string, unknown>
  content?: Record<string, Media>
}
interface Media {
  schema?: object
  example?: unknown
  examples?: Record<string, { $ref: string }>
}

const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    operation,
  })),
)
const operationOf = (name: string) => operations.find((it) => it.name === name)?.operation

const shared = document.components as unknown as {
  responses: Record<string, Response>
  examples: Record<string, { value: unknown }>
  schemas: Record<string, object>
}
const named = <T>(of: Record<string, T>, { $ref }: { $ref: string }): T => {
  const found = of[$ref.replace(/^.*\//, '')]
  if (!found) throw new Error(`${$ref} leads nowhere`)
  return found
}
const responsesOf = (operation: Operation): [string, Response][] =>
  Object.entries(operation.responses).map(([status, response]) => [
    status,
    '$ref' in response ? named(shared.responses, response) : response,
  ])

// §4 of the contract, word for word.
const CONTRACT_CODES = `
  MISSING_AUTH_HEADER INVALID_AUTH_FORMAT INVALID_KEY_FORMAT INVALID_API_KEY FORBIDDEN INVALID_JSON
  MISSING_MODEL MISSING_PROMPT INVALID_MODEL MISSING_VIDEO_URL INVALID_UPSCALE_FACTOR INVALID_PARAMETER
  INVALID_WEBHOOK_URL INVALID_IDEMPOTENCY_KEY UNSUPPORTED_CONTENT_TYPE FILE_TOO_LARGE INSUFFICIENT_CREDITS
  MAX_CREDITS_EXCEEDED TASK_NOT_FOUND QUOTE_NOT_FOUND DELIVERY_NOT_FOUND NO_RESULT NOT_FOUND
  METHOD_NOT_ALLOWED TASK_NOT_CANCELABLE BODY_TOO_LARGE UNSUPPORTED_ENCODING PROBE_FAILED UNSUPPORTED_VIDEO
  SOURCE_TOO_LARGE VIDEO_TOO_LONG OUTPUT_TOO_LARGE QUOTE_EXPIRED QUOTE_MISMATCH IDEMPOTENCY_KEY_REUSED
  RATE_LIMITED INTERNAL_ERROR UPSTREAM_ERROR SERVICE_UNAVAILABLE GENERATION_FAILED SOURCE_UNAVAILABLE
  SOURCE_CHANGED SOURCE_UNREADABLE UPSCALER_REJECTED UPSCALER_UNAVAILABLE UPSCALER_TIMEOUT OUTPUT_INVALID
  TASK_CANCELED
`
  .trim()
  .split(/\s+/)

test('is a valid OpenAPI 3.1 document', async () => {
  const { valid, errors } = await new Validator().validate({ ...document })
  expect(errors ?? []).toEqual([])
  expect(valid).toBe(true)
  expect(document.openapi).toBe('3.1.1')
})

test('tells every endpoint once, by an operation id of its own', () => {
  const expected = ENDPOINTS.map(({ method, path }) => `${method} ${path.replace('*key', '{key}')}`)
  expect(operations.map(({ name }) => name).toSorted()).toEqual(expected.toSorted())
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
})

test('closes the error codes as the contract lists them', () => {
  const code = shared.schemas['ErrorCode'] as { enum: string[] }
  expect(code.enum.toSorted()).toEqual(CONTRACT_CODES.toSorted())
})

test('asks for a key everywhere but in public operations', () => {
  expect(document.security).toEqual([{ key: [] }])
  for (const { name, operation } of operations) {
    const endpoint = ENDPOINTS.find(({ id }) => id === operation.operationId)
    expect([name, operation.security]).toEqual([
      name,
      endpoint?.access === 'public' ? [] : undefined,
    ])
  }
  expect(operationOf('GET /api/v1/models')?.security).toEqual([])
})

test('tells the states of a task apart by a constant', () => {
  const task = shared.schemas['Task'] as { oneOf: { $ref: string }[] }
  const states = task.oneOf.map((shape) => {
    const { properties } = named(shared.schemas, shape) as { properties: { status: unknown } }
    return properties.status
  })
  expect(states).toEqual(
    ['pending', 'processing', 'completed', 'failed', 'canceled'].map((status) => ({
      type: 'string',
      const: status,
    })),
  )
})

test('says null as a type, and leaves answers open for new fields', () => {
  const text = JSON.stringify(document)
  expect(text).not.toContain('"nullable"')
  expect(text).not.toContain('"additionalProperties":false')
  const { properties } = shared.schemas['PendingTask'] as { properties: Record<string, object> }
  expect(properties['eta_seconds']).toMatchObject({ type: ['integer', 'null'], minimum: 0 })
})

test('describes the three webhooks and the stream', () => {
  expect(Object.keys(document.webhooks ?? {})).toEqual([
    'task.completed',
    'task.failed',
    'task.canceled',
  ])
  const stream = operationOf('GET /api/v1/tasks/{id}/events')?.responses['200'] as Response
  expect(stream.content?.['text/event-stream']?.schema).toEqual({
    $ref: '#/components/schemas/StreamedEvent',
  })
})

test.each(operations.map(({ name, operation }) => [name, operation] as const))(
  '%s has an example for each success and each code, and all of them fit',
  (_name, operation) => {
    const endpoint = ENDPOINTS.find(({ id }) => id === operation.operationId)
    if (!endpoint) throw new Error('no such endpoint')
    const byStatus = errorsByStatus(endpoint)
    for (const [status, { content = {} }] of responsesOf(operation)) {
      const codes = byStatus.get(Number(status))
      for (const [type, media] of Object.entries(content)) {
        if (!type.endsWith('json') || type === 'application/openapi+json') continue
        const examples = codes
          ? Object.values(media.examples ?? {}).map((it) => named(shared.examples, it).value)
          : [media.example]
        if (codes) expect(Object.keys(media.examples ?? {})).toEqual(codes)
        for (const example of examples) {
          expect([status, type, validate(media.schema ?? {}, example)]).toEqual([status, type, []])
        }
      }
    }
  },
)

test('has an example of each stream of events, whose events fit', () => {
  const streams = operations.flatMap(({ name, operation }) =>
    responsesOf(operation).flatMap(([, { content = {} }]) =>
      content['text/event-stream'] ? [{ name, ...content['text/event-stream'] }] : [],
    ),
  )
  expect(streams.map(({ name }) => name)).toEqual(['GET /api/v1/tasks/{id}/events'])
  for (const { schema, example } of streams) {
    const events = String(example).match(/(?<=^data: ).*$/gm) ?? []
    expect(events.length).toBeGreaterThan(0)
    for (const event of events) expect(validate(schema ?? {}, JSON.parse(event))).toEqual([])
  }
})

test('describes the ranges of files', () => {
  for (const name of ['GET /results/{key}', 'GET /uploads/{name}']) {
    const headers = operationOf(name)?.parameters?.filter((it) => it.in === 'header') ?? []
    const described = headers.filter(({ description }) => description).map((it) => it.name)
    expect([name, described]).toEqual([name, ['Range', 'If-Range']])
  }
})

test('says how long a URL may be', () => {
  const lengthsOf = (name: string) => {
    const schema = operationOf(name)?.requestBody?.content['application/json']?.schema
    const shape =
      schema && '$ref' in schema ? named(shared.schemas, schema as { $ref: string }) : schema
    const { properties } = shape as { properties: Record<string, { maxLength?: number }> }
    return Object.entries(properties).flatMap(([field, { maxLength }]) =>
      field.endsWith('_url') ? [[field, maxLength]] : [],
    )
  }
  expect(lengthsOf('POST /api/v1/tools/upscale-video')).toEqual([
    ['video_url', 2048],
    ['webhook_url', 2048],
  ])
  expect(lengthsOf('POST /api/v1/webhooks/test')).toEqual([['webhook_url', 2048]])
})

test('has the examples of its webhooks right', () => {
  for (const item of Object.values(document.webhooks ?? {})) {
    const { requestBody } = (item as { post: { requestBody: { content: Record<string, Media> } } })
      .post
    const media = requestBody.content['application/json']
    expect(validate(media?.schema ?? {}, media?.example)).toEqual([])
  }
})

test('names the host that customers call', () => {
  expect(document.servers).toEqual([{ url: HOST }])
  expect(JSON.stringify(document)).not.toContain('upscale.example')
})
