import { pathFinder } from './api-document.ts'
import type { ApiDocument, ApiResponse, FoundPath, Reference } from './api-document.ts'
import { schemaValidator } from './schema-validator.ts'
import type { ValidateSchema } from './schema-validator.ts'

/** An answer as it came over HTTP. */
export interface SeenResponse {
  /** Upper case. */
  method: string
  /** Path of the request, with its query. */
  path: string
  status: number
  headers: Headers
  /** The whole body; of a binary one anything. */
  body: string
  /** The answer can't show what an account has left: none is known yet, or its counts can't be read. */
  limitsUnknown?: boolean
}

export type CheckResponse = (seen: SeenResponse) => void

interface SharedParts {
  headers?: Readonly<Record<string, object>>
  responses?: Readonly<Record<string, ApiResponse>>
}

/** Headers of HTTP itself, of caching and of browser security: no operation describes them. */
const PLAIN_HEADERS =
  /^(accept-ranges|age|cache-control|connection|content-(disposition|encoding|language|length|range|security-policy|type)|cross-origin-.+|date|etag|keep-alive|last-modified|origin-agent-cluster|referrer-policy|strict-transport-security|transfer-encoding|vary|x-(accel-buffering|content-type-options|dns-prefetch-control|download-options|frame-options|permitted-cross-domain-policies|robots-tag|xss-protection))$/

/**
 * Holds answers against an OpenAPI document: `check` throws where status, media type, body, code or a header
 * is not what it says. A field or header that it does not name is wrong too; so is an answer to a known
 * account that does not show its limits.
 */
export function responseChecker(document: ApiDocument): CheckResponse {
  const find = pathFinder(document)
  const validate = schemaValidator(document)
  const shared = (document.components ?? {}) as SharedParts
  return (seen) => {
    const found = find(seen.method, seen.path)
    const wrong = found?.operation
      ? [
          ...wrongIn(seen, found.operation.responses ?? {}, shared, validate),
          ...wrongLimits(seen, found.operation.security ?? document.security ?? []),
        ]
      : wrongOutside(seen, found, document, validate)
    if (wrong.length === 0) return
    const answer = `${seen.method} ${found?.path ?? seen.path} answered ${seen.status}`
    throw new Error([`${answer}, which the document does not say:`, ...wrong].join('\n- '))
  }
}

/** Of what has no operation: an unknown path, another method, a request that is none. */
function wrongOutside(
  { status, body }: SeenResponse,
  found: FoundPath | undefined,
  { components = {} }: ApiDocument,
  validate: ValidateSchema,
): string[] {
  const code = found ? 'METHOD_NOT_ALLOWED' : 'NOT_FOUND'
  const expected = found ? 405 : 404
  if (status !== expected && status !== 400) {
    return [found ? 'the path has no such method' : 'there is no such path']
  }
  if (body === '') return []
  const { schemas = {} } = components as { schemas?: Record<string, object> }
  const seen: unknown = JSON.parse(body)
  const shape = typeof seen === 'object' && seen && 'success' in seen ? 'Failure' : 'Problem'
  const wrong = validate(schemas[shape] ?? { not: {} }, seen)
  if (status === expected && !body.includes(`"${code}"`)) wrong.push(`its code is not ${code}`)
  return wrong
}

const ACCOUNT_UNKNOWN = [401, 503]

const wrongLimits = (
  { status, headers, limitsUnknown = ACCOUNT_UNKNOWN.includes(status) }: SeenResponse,
  security: readonly object[],
): string[] =>
  security.length === 0 || limitsUnknown || headers.has('ratelimit') ? [] : ['RateLimit is missing']

function wrongIn(
  seen: SeenResponse,
  responses: Readonly<Record<string, ApiResponse | Reference>>,
  shared: SharedParts,
  validate: ValidateSchema,
): string[] {
  const described = responses[String(seen.status)]
  const response =
    described && '$ref' in described
      ? shared.responses?.[described.$ref.replace(/^.*\//, '')]
      : described
  if (!response) return [`its statuses are ${Object.keys(responses).join(', ')}`]
  return [
    ...wrongHeaders(seen.headers, response.headers ?? {}, shared.headers ?? {}, validate),
    ...wrongBody(seen, response, validate),
  ]
}

function wrongBody(
  { method, headers, body }: SeenResponse,
  { content = {} }: ApiResponse,
  validate: ValidateSchema,
): string[] {
  if (method === 'HEAD') return []
  const [type = ''] = (headers.get('content-type') ?? '').split(';')
  if (type === '') return body === '' ? [] : ['a body without a type']
  const media = content[type]
  if (!media) return [`its types are ${Object.keys(content).join(', ') || 'none'}, not ${type}`]
  const { schema } = media
  if (schema && type === 'text/event-stream') {
    return eventsIn(body).flatMap((event) => validate(schema, event))
  }
  return schema && type.endsWith('json') ? validate(schema, JSON.parse(body)) : []
}

/** The `data` of each whole event of a stream, but of those that only ask to come back. */
const eventsIn = (body: string): unknown[] =>
  body
    .split('\n\n')
    .slice(0, -1)
    .filter((frame) => !/^event: reconnect$/m.test(frame))
    .flatMap((frame) => /^data: (.*)$/m.exec(frame)?.slice(1) ?? [])
    .map((data) => JSON.parse(data))

function wrongHeaders(
  headers: Headers,
  described: Readonly<Record<string, object>>,
  shared: Readonly<Record<string, object>>,
  validate: ValidateSchema,
): string[] {
  const wrong: string[] = []
  const byName = new Map(
    Object.entries(described).map(([name, header]) => [name.toLowerCase(), { name, header }]),
  )
  if (!headers.has('request-id')) wrong.push('Request-Id is missing')
  for (const [lowerName, value] of headers) {
    const known = byName.get(lowerName)
    if (!known) {
      if (!PLAIN_HEADERS.test(lowerName)) wrong.push(`header ${lowerName} is not described`)
      continue
    }
    const { name, header } = known
    const schema = schemaOf('$ref' in header ? (shared[name] ?? header) : header)
    const isNumber = 'type' in schema && schema.type === 'integer'
    wrong.push(...validate(schema, isNumber ? Number(value) : value).map((it) => `${name}: ${it}`))
  }
  return wrong
}

const schemaOf = (header: object): object =>
  'schema' in header && typeof header.schema === 'object' && header.schema ? header.schema : {}
