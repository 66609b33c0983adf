import type { Request } from 'express'
import { z } from 'zod'
import { AppError } from '@upscale/types'
import type { BillingAnswer } from '../../billing-client.ts'
import type { Route } from '../../http/add-routes.ts'
import { bodyOf } from '../../http/json-body.ts'
import type { Operation } from '../../http/operation.ts'
import { audited } from '../../operators/audited.ts'
import type { BillingPassage } from '../../operators/billing-passages.ts'
import { factsText } from '../../operators/facts-text.ts'
import { because, parseInput } from '../../operators/parse-input.ts'

const PREFIX = '/internal/billing'

const Because = z.looseObject(because)

/** The route that passes a request on to billing; a change is audited here, whether or not it is there. */
export const passToBilling = (passage: BillingPassage): Pick<Route, 'method' | 'path' | 'run'> => ({
  method: passage.method,
  path: passage.at ?? PREFIX + passage.path,
  run: passage.change ? change(passage, passage.change) : read,
})

const read: Operation = async (ctx, req, res) => {
  const { status, body } = await ctx.billing.ask({ method: 'GET', path: pathFrom(req) })
  res.status(status).json(body)
}

const change =
  (passage: BillingPassage, { action, target, takesBecause }: Change): Operation =>
  async (ctx, req, res) => {
    const { method } = passage
    const path = passage.at ? passage.path : pathFrom(req)
    const { reason, actor, ...rest } = parseInput(Because, bodyOf(req))
    const named: unknown = req.params[target] ?? rest[target]
    if (typeof named !== 'string' || !PLAIN.test(named)) {
      throw new AppError('INVALID_PARAMETER', `${target} is missing or not valid`, {
        param: target,
      })
    }
    const body = takesBecause ? { ...rest, reason, actor } : rest
    const { status, body: answer } = await audited(
      ctx,
      { action, target: named, reason, actor, asked: factsText(rest) },
      () => ctx.billing.ask({ method, path, body }),
      (done: BillingAnswer) => factsText(done.body) || 'done',
    )
    res.status(status)
    if (answer === undefined) res.end()
    else res.json(answer)
  }

type Change = NonNullable<BillingPassage['change']>

/** An id as our paths have it: none of these characters leads a URL elsewhere. */
const PLAIN = /^[A-Za-z0-9_:-]{1,100}$/

/** Path and query as billing has them. */
function pathFrom(req: Request): string {
  for (const [param, value] of Object.entries(req.params)) {
    if (typeof value === 'string' && PLAIN.test(value)) continue
    throw new AppError('INVALID_PARAMETER', `${param} is not valid`, { param })
  }
  return req.originalUrl.slice(PREFIX.length)
}
