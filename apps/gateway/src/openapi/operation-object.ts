import type { ZodOpenApiOperationObject, ZodOpenApiParameters } from 'zod-openapi'
import { z } from 'zod'
import type { Endpoint } from '../http/endpoint.ts'
import { responsesOf } from './responses.ts'

const ClientRequestId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/)
  .optional()
  .meta({
    description: 'An id of yours: it is logged beside ours',
    param: { in: 'header', name: 'Request-Id', id: 'RequestId' },
  })

/** An endpoint as the document tells it. */
export function operationObject(endpoint: Endpoint): ZodOpenApiOperationObject {
  const { id, tag, summary, description, access, body, file } = endpoint
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    ...(access === 'public' && { security: [] }),
    parameters: [ClientRequestId],
    requestParams: parametersOf(endpoint),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': bodyContent(body) } },
    }),
    ...(file && {
      requestBody: {
        required: true,
        content: Object.fromEntries(file.map((type) => [type, {}])),
      },
    }),
    responses: responsesOf(endpoint),
  }
}

const bodyContent = (schema: z.ZodObject) => {
  const [example] = z.globalRegistry.get(schema)?.examples ?? []
  return { schema, ...(example !== undefined && { example }) }
}

/** A path as the document writes it: the rest of a path is a parameter like others. */
export const documentPath = (path: string): string => path.replaceAll(/\*(\w+)/g, '{$1}')

function parametersOf({ path, params, query, headers }: Endpoint): ZodOpenApiParameters {
  const [, rest] = /\*(\w+)/.exec(path) ?? []
  const pathParams =
    rest === undefined ? params : z.object({ ...params?.shape, [rest]: RestOfPath })
  return {
    ...(pathParams && { path: pathParams }),
    ...(query && { query }),
    ...(headers && { header: z.object(headersOf(headers)) }),
  }
}

const RestOfPath = z.string().meta({
  description: 'The rest of the path, slashes included',
  param: { 'x-multi-segment': true },
})

/** `idempotency-key` is written `Idempotency-Key`. */
const headersOf = ({ shape }: z.ZodObject) =>
  Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [
      name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
      schema,
    ]),
  )
