import type { ZodOpenApiOverride } from 'zod-openapi'

type Schema = Parameters<ZodOpenApiOverride>[0]['jsonSchema']

const TIMESTAMP = String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`

/**
 * What the generator writes, as the contract wants it: objects stay open for new fields, `null` is one of
 * the types, and neither an integer tells the limits of the machine nor a time those of the calendar.
 */
export const tidySchema: ZodOpenApiOverride = ({ jsonSchema, io }) => {
  if (io === 'output' && jsonSchema.additionalProperties === false) {
    delete jsonSchema.additionalProperties
  }
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.format === 'date-time') jsonSchema.pattern = TIMESTAMP
  foldNull(jsonSchema)
}

/** `anyOf: [{ type: 'string' }, { type: 'null' }]` says the same as `type: ['string', 'null']`. */
function foldNull(schema: Schema): void {
  const [first, second, ...more] = schema.anyOf ?? []
  if (!first || second?.type !== 'null' || more.length > 0) return
  if (typeof first.type !== 'string' || first.enum || first.const !== undefined) return
  delete schema.anyOf
  const { type, ...rest } = first
  Object.assign(schema, { ...rest, ...schema, type: [type, 'null'] })
}
