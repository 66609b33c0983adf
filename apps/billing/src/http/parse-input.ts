import { AppError } from '@upscale/types'
import type { z } from 'zod'

/** The input as its schema says, or an `INVALID_PARAMETER` that names the first wrong part. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input ?? {})
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const param = issue?.path.join('.') ?? ''
  throw new AppError('INVALID_PARAMETER', `${param || 'input'}: ${issue?.message ?? 'not valid'}`, {
    param,
  })
}
