import { AppError } from '@upscale/types'
import { z } from 'zod'

const MAX_LIMIT = 100
const DEFAULT_LIMIT = 20

/** The parameters that every list takes. */
export const PAGE = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(DEFAULT_LIMIT)
    .describe('How many on a page'),
  cursor: z.string().max(200).optional().describe('`next_cursor` of the page before'),
}

const PAGE_RULES = {
  limit: `limit must be between 1 and ${MAX_LIMIT}`,
  cursor: 'cursor is not valid: send next_cursor of the page before, or none for the first page',
}

/**
 * What a list is asked for. The first parameter that does not fit is an INVALID_PARAMETER with the rule of
 * its name.
 */
export function parsePageQuery<Query extends z.ZodObject>(
  schema: Query,
  query: Readonly<Record<string, unknown>>,
  ownRules: Readonly<Record<string, string>>,
): z.infer<Query> {
  const rules: Readonly<Record<string, string>> = { ...PAGE_RULES, ...ownRules }
  const refuse = (param: string, message = rules[param] ?? `${param} is not valid`): never => {
    throw new AppError('INVALID_PARAMETER', message, { param })
  }
  for (const name of Object.keys(schema.shape)) {
    const value = query[name]
    if (value === undefined) continue
    if (typeof value !== 'string')
      refuse(name, `${name} must be given once`) // `a=1&a=2` is an array
    else if (name === 'limit' && !/^\d{1,9}$/.test(value)) refuse(name) // `0x10`, `1e1`, an empty text
  }
  const { success, data, error } = schema.safeParse(query)
  return success ? data : refuse(String(error.issues[0]?.path[0]))
}
