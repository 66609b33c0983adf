import { AppError } from '@upscale/types'
import { requireBearer } from '@upscale/runtime'
import type { Health } from '@upscale/runtime'
import express from 'express'
import type { Express, RequestHandler } from 'express'
import type { BillingContext } from './context.ts'
import { answerError } from './http/answer-error.ts'
import { acceptFinding } from './routes/accept-finding.ts'
import { addRate } from './routes/add-rate.ts'
import { adjustCredits } from './routes/adjust-credits.ts'
import { changePlan } from './routes/change-plan.ts'
import { getAccount } from './routes/get-account.ts'
import { getBooks } from './routes/get-books.ts'
import { getPosting } from './routes/get-posting.ts'
import { getRates } from './routes/get-rates.ts'
import { getTaskBooks } from './routes/get-task-books.ts'
import { grantCredits } from './routes/grant-credits.ts'
import { listAccounts } from './routes/list-accounts.ts'
import { listTransactions } from './routes/list-transactions.ts'
import { openCustomer } from './routes/open-customer.ts'
import type { Operation } from './routes/operation.ts'
import { refillTestAccount } from './routes/refill-test-account.ts'
import { reverseTask } from './routes/reverse-task.ts'

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

  app.get('/accounts', run(listAccounts))
  app.get('/accounts/:accountId', run(getAccount))
  app.get('/accounts/:accountId/transactions', run(listTransactions))
  app.post('/accounts/:accountId/grants', run(grantCredits))
  app.post('/accounts/:accountId/adjustments', run(adjustCredits))
  app.post('/accounts/:accountId/refill', run(refillTestAccount))
  app.post('/customers', run(openCustomer))
  app.post('/customers/:customerId/plan', run(changePlan))
  app.get('/postings', run(getPosting))
  app.get('/rates', run(getRates))
  app.post('/rates', run(addRate))
  app.get('/tasks/:taskId/books', run(getTaskBooks))
  app.post('/tasks/:taskId/reverse', run(reverseTask))
  app.get('/books', run(getBooks))
  app.post('/books/accept', run(acceptFinding))

  app.use((req) => {
    throw new AppError('NOT_FOUND', `There is no ${req.method} ${req.path} here`)
  })
  app.use(answerError(ctx.events))
  return app
}
