import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ErrorObject, ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import type { ApiDocument } from './api-document.ts'
import { strictProperties, strictSchema } from './strict-schema.ts'

/** What is wrong with a value, one line each: where, and what. Empty: it fits. */
export type ValidateSchema = (schema: object, value: unknown) => string[]

/**
 * Holds values against schemas of an OpenAPI document, by JSON Schema 2020-12. A property that no schema
 * names is wrong.
 */
export function schemaValidator(document: ApiDocument): ValidateSchema {
  const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true })
  formats.default(ajv)
  const { schemas = {} } = (document.components ?? {}) as { schemas?: Record<string, unknown> }
  ajv.addSchema({ $id: 'api', components: { schemas: strictProperties(schemas) } })
  const compiled = new Map<object, ValidateFunction>()
  return (schema, value) => {
    const validate = compiled.get(schema) ?? ajv.compile(rooted(strictSchema(schema)))
    compiled.set(schema, validate)
    return validate(value) ? [] : linesOf(validate.errors ?? [])
  }
}

/** A schema outside of the document, whose references lead into it. */
const rooted = (schema: unknown): object =>
  JSON.parse(
    JSON.stringify(schema).replaceAll('"$ref":"#/components/', '"$ref":"api#/components/'),
  ) as object

function linesOf(errors: readonly ErrorObject[]): string[] {
  const meant = errors.filter((error) => !isOtherShape(error, errors))
  const lines = (meant.length > 0 ? meant : errors)
    .filter(({ keyword }) => !['oneOf', 'anyOf', '$ref'].includes(keyword) || meant.length === 1)
    .map(lineOf)
  return [...new Set(lines)]
}

/** Whether an error is about a shape of a union that was not meant: its `const` says so. */
const isOtherShape = ({ schemaPath, instancePath }: ErrorObject, errors: readonly ErrorObject[]) =>
  errors.some((it) => {
    if (it.keyword !== 'const') return false
    const shape = it.schemaPath.replace(/\/properties\/[^/]+\/const$/, '/')
    const place = it.instancePath.replace(/\/[^/]+$/, '')
    return shape !== it.schemaPath && schemaPath.startsWith(shape) && instancePath.startsWith(place)
  })

function lineOf({ instancePath, keyword, params, message, data }: ErrorObject): string {
  const place = instancePath || 'the body'
  if (keyword === 'unevaluatedProperties') {
    return `${place}/${String(params['unevaluatedProperty'])} is not described`
  }
  const allowed: unknown = params['allowedValues'] ?? params['allowedValue']
  const hint = allowed === undefined ? '' : ` ${JSON.stringify(allowed)}`
  return `${place} ${message ?? keyword}${hint}, but is ${shortly(data)}`
}

function shortly(data: unknown): string {
  const text = JSON.stringify(data) ?? 'absent'
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
