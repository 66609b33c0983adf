import { z } from 'zod'
import { createDocument } from 'zod-openapi'
import type { ZodOpenApiPathItemObject } from 'zod-openapi'
import type { Endpoint } from '../http/endpoint.ts'
import { ErrorObject } from '../tasks/task-schema.ts'
import { EXAMPLE_HOST } from '../tasks/task-examples.ts'
import { errorExamples } from './error-examples.ts'
import { documentPath, operationObject } from './operation-object.ts'
import { RESPONSE_HEADERS } from './response-headers.ts'
import { shareResponses } from './share-responses.ts'
import { tidySchema } from './tidy-schema.ts'
import { webhookObjects } from './webhook-objects.ts'

export type OpenApiDocument = ReturnType<typeof createDocument>

const Failure = z
  .object({ success: z.literal(false), error: ErrorObject })
  .meta({ id: 'Failure', description: 'The envelope of every error' })

const Problem = z
  .object({
    type: z.url().describe('The same as `doc_url`'),
    title: z.string().describe('The same for each error of a code'),
    status: z.int(),
    detail: z.string().describe('The same as `message`'),
    instance: z.string().describe('Path of the request'),
    ...ErrorObject.shape,
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457, where `Accept` prefers `application/problem+json`',
  })

const TAGS: Record<Endpoint['tag'], string> = {
  Upscale: 'Quote a video, and start its upscale.',
  Tasks: 'Read, watch, cancel and delete what was started.',
  Credits: 'The balance, and each line of the ledger.',
  Models: 'Prices and limits.',
  Upload: 'Send a file that has no public URL.',
  Webhooks: 'Be told when a task ends.',
  Files: 'Results.',
  Documents: 'This documentation, for people and machines.',
}

const DESCRIPTION = `Post the URL of a short video, pay by the second, get it back larger and cleaner.

Every JSON answer is \`{ "success": true, "data": … }\` or \`{ "success": false, "error": … }\`. Unknown fields of a request are ignored; answers may get new fields. With an \`Accept\` header that likes \`application/problem+json\` better than \`application/json\`, errors come as problem details (RFC 9457) with the same members; in a tie, with \`*/*\` or without the header they come in the envelope. A success is the same either way. A path that is not listed here answers 404 \`NOT_FOUND\`, another method 405 \`METHOD_NOT_ALLOWED\`; what is no HTTP at all 400 \`INVALID_PARAMETER\`.`

/** The OpenAPI 3.1 document of these endpoints, on the host that customers call. */
export function openApiDocument(
  endpoints: readonly Endpoint[],
  publicUrl: string,
): OpenApiDocument {
  const document = createDocument(
    {
      openapi: '3.1.1',
      info: { title: 'Upscale API', version: '1.0.0', description: DESCRIPTION },
      servers: [{ url: EXAMPLE_HOST }],
      externalDocs: { url: `${EXAMPLE_HOST}/docs`, description: 'Guide' },
      security: [{ key: [] }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      paths: pathsOf(endpoints),
      webhooks: webhookObjects(),
      components: {
        schemas: { Failure, Problem },
        headers: RESPONSE_HEADERS,
        examples: errorExamples(),
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key: `sk-…`, or `sk-test-…` for tests that cost nothing',
          },
        },
      },
    },
    { override: tidySchema },
  )
  shareResponses(document)
  return JSON.parse(JSON.stringify(document).replaceAll(EXAMPLE_HOST, publicUrl)) as OpenApiDocument
}

function pathsOf(endpoints: readonly Endpoint[]): Record<string, ZodOpenApiPathItemObject> {
  const paths: Record<string, ZodOpenApiPathItemObject> = {}
  for (const endpoint of endpoints) {
    const path = documentPath(endpoint.path)
    const method = endpoint.method.toLowerCase()
    paths[path] = { ...paths[path], [method]: operationObject(endpoint) }
  }
  return paths
}
