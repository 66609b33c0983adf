import { STATUS_CODES } from 'node:http'
import type { PublicErrorCode } from '@upscale/types'
import type { ZodOpenApiContentObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { z } from 'zod'
import type { Endpoint, EndpointAnswer } from '../http/endpoint.ts'
import { problemExampleName } from './error-examples.ts'
import { errorsByStatus } from './general-errors.ts'
import { responseHeaders } from './response-headers.ts'

type Responses = Record<string, ZodOpenApiResponsesObject['default']>

/** Every answer of an operation: its own, and each of its error codes under the code's status. */
export function responsesOf(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const responses: Responses = {}
  for (const [status, answer] of Object.entries(endpoint.answers)) {
    const content = contentOf(answer)
    responses[status] = {
      description: answer.description,
      headers: responseHeaders(endpoint, Number(status)),
      ...(Object.keys(content).length > 0 && { content }),
    }
  }
  for (const [status, codes] of errorsByStatus(endpoint)) {
    responses[String(status)] = {
      description: `${STATUS_CODES[status] ?? 'Error'}: ${codes.map((code) => `\`${code}\``).join(', ')}`,
      headers: responseHeaders(endpoint, status),
      content: errorContent(codes),
    }
  }
  return responses as ZodOpenApiResponsesObject
}

/** What is shown of an answer: its own example, or the first one of its schema. */
export const exampleOf = ({ data, example }: EndpointAnswer): unknown =>
  example ?? (data && z.globalRegistry.get(data)?.examples?.[0])

function contentOf(answer: EndpointAnswer): ZodOpenApiContentObject {
  const { data, media = {}, mediaExamples = {} } = answer
  const example = exampleOf(answer)
  const content: ZodOpenApiContentObject = {}
  if (data) {
    content['application/json'] = {
      schema: z.object({ success: z.literal(true), data }),
      ...(example !== undefined && { example: { success: true, data: example } }),
    }
  }
  for (const [type, schema] of Object.entries(media)) {
    const whole = mediaExamples[type] ?? (data ? undefined : example)
    content[type] = { ...(schema && { schema }), ...(whole !== undefined && { example: whole }) }
  }
  return content
}

/** The codes of one status, as envelope and as problem details. */
const errorContent = (codes: readonly PublicErrorCode[]): ZodOpenApiContentObject => {
  const code = { properties: { code: { enum: [...codes] } } }
  return {
    'application/json': {
      schema: { $ref: '#/components/schemas/Failure', properties: { error: code } },
      examples: examplesOf(codes, (name) => name),
    },
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem', ...code },
      examples: examplesOf(codes, problemExampleName),
    },
  }
}

const examplesOf = (codes: readonly PublicErrorCode[], nameOf: (code: PublicErrorCode) => string) =>
  Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${nameOf(code)}` }]))
