import { expect, test } from '@jest/globals'
import { responseChecker } from './response-checker.ts'
import type { SeenResponse } from './response-checker.ts'

const thing = {
  type: 'object',
  properties: { id: { type: 'string' }, size: { type: ['integer', 'null'], minimum: 0 } },
  required: ['id', 'size'],
}
const failure = {
  type: 'object',
  properties: {
    success: { const: false },
    error: { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] },
  },
  required: ['success', 'error'],
}
const REQUEST_ID = { 'Request-Id': { $ref: '#/components/headers/Request-Id' } }
const refusal = (...codes: string[]) => ({
  content: {
    'application/json': {
      schema: {
        $ref: '#/components/schemas/Failure',
        properties: { error: { properties: { code: { enum: codes } } } },
      },
    },
  },
  headers: REQUEST_ID,
})
const document = {
  paths: {
    '/things/{id}': {
      get: {
        responses: {
          200: {
            headers: {
              ...REQUEST_ID,
              'X-Left': { schema: { type: 'integer', minimum: 0 } },
            },
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: {
                    success: { const: true },
                    data: { $ref: '#/components/schemas/Thing' },
                  },
                  required: ['success', 'data'],
                },
              },
            },
          },
          404: refusal('THING_NOT_FOUND'),
          503: { $ref: '#/components/responses/Away' },
        },
      },
    },
    '/files/{key}': {
      get: {
        parameters: [{ name: 'key', in: 'path', 'x-multi-segment': true }],
        responses: { 200: { headers: REQUEST_ID, content: { 'video/mp4': {} } } },
      },
    },
    '/events': {
      get: {
        responses: {
          200: {
            headers: REQUEST_ID,
            content: { 'text/event-stream': { schema: { $ref: '#/components/schemas/Thing' } } },
          },
        },
      },
    },
    '/mine': {
      get: {
        security: [{ key: [] }],
        responses: {
          200: { headers: { ...REQUEST_ID, RateLimit: {} }, content: { 'video/mp4': {} } },
          401: refusal('INVALID_API_KEY'),
          503: refusal('SERVICE_UNAVAILABLE'),
        },
      },
    },
  },
  components: {
    headers: { 'Request-Id': { schema: { type: 'string', pattern: '^req_' } } },
    responses: { Away: refusal('SERVICE_UNAVAILABLE') },
    schemas: { Thing: thing, Failure: failure },
  },
}
const check = responseChecker(document)

const seen = (change: Partial<SeenResponse>, headers: Record<string, string> = {}) => ({
  method: 'GET',
  path: '/things/1?a=b',
  status: 200,
  body: '{"success":true,"data":{"id":"1","size":null}}',
  ...change,
  headers: new Headers({ 'content-type': 'application/json', 'request-id': 'req_1', ...headers }),
})
const data = (text: string) => `{"success":true,"data":${text}}`
const error = (code: string) => `{"success":false,"error":{"code":"${code}"}}`
const video = { 'content-type': 'video/mp4' }
const stream = { 'content-type': 'text/event-stream' }

test.each([
  ['an answer', seen({}, { 'x-left': '3', date: 'today', vary: 'Accept' })],
  ['an error', seen({ status: 404, body: error('THING_NOT_FOUND') })],
  ['a shared error', seen({ status: 503, body: error('SERVICE_UNAVAILABLE') })],
  ['an answer to HEAD', seen({ method: 'HEAD', body: '' })],
  ['a path with slashes', seen({ path: '/files/a/b' }, { 'content-type': 'video/mp4' })],
  ['an unknown path', seen({ path: '/x', status: 404, body: error('NOT_FOUND') })],
  ['a path that is none', seen({ path: '/things/%E0', status: 404, body: error('NOT_FOUND') })],
  ['another method', seen({ method: 'POST', status: 405, body: error('METHOD_NOT_ALLOWED') })],
  [
    'a stream',
    seen(
      { path: '/events', body: 'retry: 1\n\nid: 1\ndata: {"id":"1","size":2}\n\n: ping\n\n' },
      stream,
    ),
  ],
  ['a stream that was cut', seen({ path: '/events', body: 'retry: 1\n\ndata: {"id' }, stream)],
  ['limits', seen({ path: '/mine' }, { ...video, ratelimit: '"burst";r=1;t=1' })],
  ['limits that nobody can read', seen({ path: '/mine', limitsUnknown: true }, video)],
  ['no key', seen({ path: '/mine', status: 401, body: error('INVALID_API_KEY') })],
  ['an outage', seen({ path: '/mine', status: 503, body: error('SERVICE_UNAVAILABLE') })],
  ['a last event', seen({ path: '/events', body: 'event: reconnect\ndata: {}\n\n' }, stream)],
])('%s is as described', (_name, answer) => {
  expect(() => check(answer)).not.toThrow()
})

test.each([
  ['another status', seen({ status: 201 }), 'its statuses are 200, 404, 503'],
  [
    'another code',
    seen({ status: 404, body: error('GONE') }),
    '["THING_NOT_FOUND"], but is "GONE"',
  ],
  ['a code of another status', seen({ status: 503, body: error('THING_NOT_FOUND') }), 'SERVICE_UN'],
  [
    'a field too many',
    seen({ body: data('{"id":"1","size":1,"x":1}') }),
    '/data/x is not described',
  ],
  [
    'a field too few',
    seen({ body: data('{"id":"1"}') }),
    "/data must have required property 'size'",
  ],
  [
    'another type',
    seen({ body: data('{"id":"1","size":"1"}') }),
    '/data/size must be integer,null',
  ],
  ['a value out of range', seen({ body: data('{"id":"1","size":-1}') }), '/data/size must be >= 0'],
  ['another media type', seen({}, { 'content-type': 'text/plain' }), 'not text/plain'],
  ['an unknown header', seen({}, { 'x-new': '1' }), 'header x-new is not described'],
  ['a header out of range', seen({}, { 'x-left': '-1' }), 'X-Left: the body must be >= 0'],
  ['another request id', seen({}, { 'request-id': '1' }), 'Request-Id: the body must match'],
  ['an account without its limits', seen({ path: '/mine' }, video), 'RateLimit is missing'],
  ['an unknown path that answers', seen({ path: '/x' }), 'there is no such path'],
  [
    'an unknown path with another code',
    seen({ path: '/x', status: 404, body: error('X') }),
    'its code',
  ],
  ['another method that answers', seen({ method: 'PUT' }), 'the path has no such method'],
  [
    'an event',
    seen({ path: '/events', body: 'data: {"id":"1"}\n\n' }, stream),
    "must have required property 'size'",
  ],
])('%s is not', (_name, answer, message) => {
  expect(() => check(answer)).toThrow(message)
})
