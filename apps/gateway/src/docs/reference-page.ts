import type { oas32 } from 'zod-openapi'
import type { Endpoint, EndpointAnswer } from '../http/endpoint.ts'
import type { OpenApiDocument } from '../openapi/document.ts'
import { errorsByStatus } from '../openapi/general-errors.ts'
import { documentPath } from '../openapi/operation-object.ts'
import { exampleOf } from '../openapi/responses.ts'
import { EXAMPLE_HOST } from '../tasks/task-examples.ts'
import { pageOf } from './page.ts'
import type { Page } from './page.ts'

/** Every operation, in short, for those who do not read OpenAPI. */
export function referencePage(
  endpoints: readonly Endpoint[],
  document: OpenApiDocument,
  publicUrl: string,
): Page {
  const sections = endpoints.map((endpoint) => sectionOf(endpoint, document))
  const text = [INTRODUCTION, ...sections].join('\n')
  return pageOf('reference', text.replaceAll(EXAMPLE_HOST, publicUrl))
}

const INTRODUCTION = `# API reference

Every operation with its parameters, answers and error codes.

The whole schema, with every field of every answer, is in [openapi.json](/openapi.json).
`

function sectionOf(endpoint: Endpoint, { paths }: OpenApiDocument): string {
  const { method, summary, description, access, answers } = endpoint
  const path = documentPath(endpoint.path)
  const operation = paths?.[path]?.[method.toLowerCase() as Lowercase<typeof method>]
  return [
    `## ${summary}`,
    `\`${method} ${path}\`${access === 'public' ? ' (no key needed)' : ''}`,
    description,
    ...tableOf('Parameter', parametersOf(operation)),
    ...tableOf('Field of the body', fieldsOf(operation)),
    ...Object.entries(answers).map(answerOf),
    `Errors: ${errorsOf(endpoint)}`,
    '',
  ].join('\n\n')
}

/** Name, whether it is required, and what it says. */
type Row = [name: string, isRequired: boolean, text: string | undefined]

const parametersOf = (operation?: oas32.OperationObject): Row[] =>
  (operation?.parameters ?? []).flatMap((it) =>
    '$ref' in it
      ? []
      : [
          [
            `${it.name}${it.in === 'header' ? ' (header)' : ''}`,
            it.required ?? false,
            it.description,
          ],
        ],
  )

function fieldsOf(operation?: oas32.OperationObject): Row[] {
  const body = operation?.requestBody
  const media = body && 'content' in body ? body.content['application/json'] : undefined
  const schema = media && 'schema' in media ? media.schema : undefined
  if (typeof schema !== 'object' || !('properties' in schema)) return []
  return Object.entries(schema.properties ?? {}).map(([name, field]) => [
    name,
    schema.required?.includes(name) ?? false,
    typeof field === 'object' && 'description' in field ? field.description : undefined,
  ])
}

function tableOf(title: string, rows: readonly Row[]): string[] {
  if (rows.length === 0) return []
  const lines = rows.map(
    ([name, isRequired, text = '']) =>
      `| \`${name}\` | ${isRequired ? 'required' : 'optional'} | ${text} |`,
  )
  return [[`| ${title} | | |`, '| --- | --- | --- |', ...lines].join('\n')]
}

function answerOf([status, answer]: [string, EndpointAnswer]): string {
  const example = exampleOf(answer)
  const text = `${status}: ${answer.description}.`
  if (!answer.data || example === undefined) return text
  return `${text} \`data\`:\n\n\`\`\`json\n${JSON.stringify(example, undefined, 2)}\n\`\`\``
}

const errorsOf = (endpoint: Endpoint): string =>
  [...errorsByStatus(endpoint).values()]
    .flat()
    .map((code) => `[\`${code}\`](/docs/errors#${code})`)
    .join(', ')
