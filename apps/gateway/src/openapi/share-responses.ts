import { STATUS_CODES } from 'node:http'
import type { oas32 } from 'zod-openapi'

type Response = oas32.ResponseObject | oas32.ReferenceObject

/** Moves answers that several operations give alike to `components.responses`: most errors are such. */
export function shareResponses(document: oas32.OpenAPIObject): void {
  const places = new Map<string, { status: string; responses: Record<string, Response> }[]>()
  for (const responses of responsesIn(document)) {
    for (const [status, response] of Object.entries(responses)) {
      const text = JSON.stringify(response)
      places.set(text, [...(places.get(text) ?? []), { status, responses }])
    }
  }
  const shared: Record<string, oas32.ResponseObject> = {}
  for (const [text, uses] of places) {
    const [first] = uses
    if (!first || uses.length < 2) continue
    const name = freeName(first.status, shared)
    shared[name] = JSON.parse(text) as oas32.ResponseObject
    for (const { status, responses } of uses) {
      responses[status] = { $ref: `#/components/responses/${name}` }
    }
  }
  document.components = { ...document.components, responses: shared }
}

const responsesIn = ({ paths = {} }: oas32.OpenAPIObject): Record<string, Response>[] =>
  Object.values(paths).flatMap(({ get, put, post, delete: remove }) =>
    [get, put, post, remove].flatMap((operation) => operation?.responses ?? []),
  )

/** `Unauthorized`, `TooManyRequests`, and `TooManyRequests2` for another one of the same status. */
function freeName(status: string, taken: object): string {
  const name = (STATUS_CODES[status] ?? status).replaceAll(/[^A-Za-z]/g, '')
  let free = name
  for (let i = 2; free in taken; i += 1) free = `${name}${i}`
  return free
}
