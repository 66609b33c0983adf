import { UPSCALE_FACTORS } from '@upscale/types'
import { z } from 'zod'
import { parseInput } from '../http/parse-input.ts'
import { wholeNumber } from '../http/whole-number.ts'
import { addRate as add } from '../pricing/add-rate.ts'
import type { Operation } from './operation.ts'

const CREDITS_MAX = 10_000 // what the column takes

const Body = z.object({
  factor: z.enum(UPSCALE_FACTORS, `must be one of ${UPSCALE_FACTORS.join(', ')}`),
  creditsPerSecond: wholeNumber(1, CREDITS_MAX),
  validFrom: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2027-01-01T00:00:00Z' })
    .transform((text) => new Date(text)),
})

export const addRate: Operation = async (ctx, req, res) => {
  res.json(await add(ctx, parseInput(Body, req.body)))
}
