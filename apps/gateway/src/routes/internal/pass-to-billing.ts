import type { Request, Response } from 'express'
import { z } from 'zod'
import { AppError } from '@upscale/types'
import type { BillingAnswer } from '../../billing-client.ts'
import type { Route } from '../../http/add-routes.ts'
import { bodyOf } from '../../http/json-body.ts'
import type { Operation } from '../../http/operation.ts'
import { carryOut } from '../../operators/audited.ts'
import type { BillingPassage } from '../../operators/billing-passages.ts'
import { factsText } from '../../operators/facts-text.ts'
import { asked, parseInput } from '../../operators/parse-input.ts'

const PREFIX = '/internal/billing'

const Body = z.looseObject(asked)

/** The route that passes a request on to billing; a change is audited here, whether or not it is there. */
export const passToBilling = (passage: BillingPassage): Pick<Route, 'method' | 'path' | 'run'> => ({
  method: passage.method,
  path: passage.at ?? PREFIX + passage.path,
  run: passage.change ? change(passage, passage.change) : read(passage),
})

const read =
  (passage: BillingPassage): Operation =>
  async (ctx, req, res) => {
    answer(res, await ctx.billing.ask({ method: 'GET', path: pathFrom(passage, req) }))
  }

const change =
  (
    passage: BillingPassage,
    { action, target, fields, takesBecause, require, preview }: Change,
  ): Operation =>
  async (ctx, req, res) => {
    const { method } = passage
    const path = pathFrom(passage, req)
    const { reason, actor, dryRun, ...rest } = parseInput(Body, bodyOf(req))
    const odd = Object.keys(rest).find((name) => !fields.includes(name))
    if (odd !== undefined) {
      const known = [...fields, 'reason', 'actor', 'dryRun'].join(', ')
      throw new AppError('INVALID_PARAMETER', `${odd} is not known here: send ${known}`, {
        param: odd,
      })
    }
    const named: unknown = req.params[target] ?? rest[target]
    if (typeof named !== 'string' || !PLAIN.test(named)) {
      throw new AppError('INVALID_PARAMETER', `${target} is missing or not valid`, {
        param: target,
      })
    }
    const facts = { ...rest, ...req.params }
    const body = takesBecause ? { ...rest, reason, actor } : rest
    const done = await carryOut(
      ctx,
      {
        action,
        target: named,
        reason,
        actor,
        requestId: req.requestId,
        asked: factsText(rest),
        dryRun,
      },
      {
        async look() {
          const already = await require?.(ctx, facts)
          return dryRun ? await preview(ctx, facts) : already
        },
        would: String,
        work: () => ctx.billing.ask({ method, path, body }),
        tell: (given, already) => already ?? (factsText(given.body) || 'done'),
      },
    )
    if ('dryRun' in done) res.json(done)
    else answer(res, done)
  }

type Change = NonNullable<BillingPassage['change']>

function answer(res: Response, { status, body }: BillingAnswer): void {
  res.status(status)
  if (body === undefined) res.end()
  else res.json(body)
}

/** An id as our paths have it: none of these characters leads a URL elsewhere. */
const PLAIN = /^[A-Za-z0-9_:-]{1,100}$/

/** Path and query as billing has them, out of the passage and never out of the target of the request. */
function pathFrom(passage: BillingPassage, req: Request): string {
  const path = passage.path.replaceAll(/:(\w+)/g, (_, param: string) => {
    const value = req.params[param]
    if (typeof value === 'string' && PLAIN.test(value)) return value
    throw new AppError('INVALID_PARAMETER', `${param} is not valid`, { param })
  })
  const query = req.originalUrl.indexOf('?')
  return passage.at || query < 0 ? path : path + req.originalUrl.slice(query)
}
