import { z } from 'zod'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'

const run: Operation = async (ctx, req, res) => {
  const account = await ctx.billing.readAccount(callerOf(req).accountId)
  succeed(res, { credits: account?.balance ?? 0 })
}

export const getCredits: Endpoint = {
  id: 'getCredits',
  method: 'GET',
  path: '/api/v1/credits',
  access: 'account',
  tag: 'Credits',
  summary: 'Read the balance',
  description: 'Credits of the subscription and of packs together, for the account of the key.',
  answers: {
    200: {
      description: 'The balance',
      data: z.object({ credits: z.int().min(0) }),
      example: { credits: 4250 },
    },
  },
  errors: [],
  run,
}
