import { AppError } from '@upscale/types'
import { z } from 'zod'
import { FROM_START } from './event-store.ts'

const Seq = z.coerce.number().int().min(0).max(2_147_483_647)

export const EventsQuery = z.object({
  after: Seq.optional().describe('With `Accept: application/json`: only events behind this `seq`'),
})

/** `after` of a request for events as JSON; without it all are asked for. */
export function parseAfter(after: unknown): number {
  if (after === undefined) return FROM_START
  const { success, data } = Seq.safeParse(after)
  if (success && typeof after === 'string' && /^\d+$/.test(after)) return data
  throw new AppError('INVALID_PARAMETER', 'after must be the seq of an event, such as 7', {
    param: 'after',
  })
}
