type Schema = Record<string, unknown>

const LISTS = ['anyOf', 'oneOf', 'prefixItems']
const SINGLE = ['items', 'additionalProperties', 'not', 'if', 'then', 'else']

/**
 * The schema without room for more: an object that lists its properties has no others. The document itself
 * leaves that open, since later versions may add fields.
 */
export function strictSchema(schema: unknown): unknown {
  if (!isSchema(schema) || '$ref' in schema) return schema // what it leads to is strict by itself
  const strict: Schema = { ...schema }
  for (const name of LISTS) {
    if (Array.isArray(schema[name])) strict[name] = schema[name].map(strictSchema)
  }
  for (const name of SINGLE) {
    if (name in schema) strict[name] = strictSchema(schema[name])
  }
  if (isSchema(schema['properties'])) strict['properties'] = strictProperties(schema['properties'])
  const lists = 'properties' in schema || 'allOf' in schema
  const isOpen = 'additionalProperties' in schema || 'unevaluatedProperties' in schema
  if (lists && !isOpen) strict['unevaluatedProperties'] = false
  return strict
}

export const strictProperties = (properties: Schema): Schema =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, strictSchema(value)]))

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
