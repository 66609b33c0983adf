import { BOOKS_CHECKS } from '@upscale/types'
import type { AcceptRequest } from '@upscale/types'
import { z } from 'zod'
import { acceptFinding as accept } from '../books/accept-finding.ts'
import { BECAUSE } from '../http/because.ts'
import { parseInput } from '../http/parse-input.ts'
import type { Operation } from './operation.ts'

const SUBJECT = 'must be the id of a task or an account'

const Body: z.ZodType<AcceptRequest> = z.object({
  check: z.enum(BOOKS_CHECKS, `must be one of ${BOOKS_CHECKS.join(', ')}`),
  subject: z.string(SUBJECT).regex(/^[\x21-\x7e]{1,100}$/, SUBJECT),
  ...BECAUSE,
})

export const acceptFinding: Operation = async (ctx, req, res) => {
  await accept(ctx, parseInput(Body, req.body))
  res.status(204).end()
}
