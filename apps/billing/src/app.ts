import { AppError } from '@upscale/types'
import { requireBearer } from '@upscale/runtime'
import type { Health } from '@upscale/runtime'
import express from 'express'
import type { Express, RequestHandler } from 'express'
import type { BillingContext } from './context.ts'
import { answerError } from './http/answer-error.ts'
import { getAccount } from './routes/get-account.ts'
import { getRates } from './routes/get-rates.ts'
import { grantCredits } from './routes/grant-credits.ts'
import { listTransactions } from './routes/list-transactions.ts'
import { openCustomer } from './routes/open-customer.ts'
import type { Operation } from './routes/operation.ts'

/** Billing's internal HTTP API, for the gateway; health and metrics need no secret. */
export function createApp(ctx: BillingContext, health: Health, secret: string): Express {
  const run =
    (operation: Operation): RequestHandler =>
    (req, res) =>
      operation(ctx, req, res)

  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use((req, res, next) => {
    if (!health.handle(req, res)) next()
  })
  app.use(requireBearer(secret))
  app.use(express.json({ limit: '16kb' }))

  app.get('/accounts/:accountId', run(getAccount))
  app.get('/accounts/:accountId/transactions', run(listTransactions))
  app.post('/accounts/:accountId/grants', run(grantCredits))
  app.post('/customers', run(openCustomer))
  app.get('/rates', run(getRates))

  app.use((req) => {
    throw new AppError('NOT_FOUND', `There is no ${req.method} ${req.path} here`)
  })
  app.use(answerError(ctx.events))
  return app
}
