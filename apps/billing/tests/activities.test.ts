import { afterAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { applicationFailureOf } from '@upscale/workflows/activities'
import { AppError } from '@upscale/types'
import type { DebitInput } from '@upscale/types'
import { createActivities } from '../src/activities.ts'
import { createContext } from '../src/context.ts'
import { adjust, linesOf, reverse } from './ledger-calls.ts'
import { newTaskId, testBilling } from './test-billing.ts'

const billing = await testBilling()
const { debit, refund, settle } = createActivities(billing)

afterAll(async () => {
  await billing[Symbol.asyncDispose]()
})

const order = async (credits: bigint, more: Partial<DebitInput> = {}): Promise<DebitInput> => ({
  taskId: newTaskId(),
  generation: 1,
  accountId: await billing.account(credits),
  durationMs: 8500,
  factor: '2',
  orWaive: false,
  ...more,
})

/** The error of a call, and whether Temporal repeats it. */
const failureOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof AppError)) throw new Error('no AppError', { cause: error })
  const { code, key, message, cause } = error
  return { code, key, message, cause, final: applicationFailureOf(error).nonRetryable }
}

const UNAVAILABLE = {
  code: 'SERVICE_UNAVAILABLE',
  key: 'ledger_unavailable',
  message: 'Billing cannot answer right now. Try again in 5 s',
  cause: undefined,
  final: false,
}

describe('answers', () => {
  test('debit, settle: the price as plain numbers', async () => {
    const input = await order(1000n)
    const line = { debitId: expect.stringMatching(/^txn_[0-9a-f]{24}$/) }
    const price = { creditsUsed: 144, creditsRemaining: 856, creditsPerSecond: 16, ...line }
    expect(await debit(input)).toEqual({ state: 'debited', ...price })
    expect(await settle(input)).toEqual({ state: 'settled', givenBack: 0 })
    expect(await debit(input)).toEqual({ state: 'settled', ...price })
  })

  test('a debit names its line of the ledger, a repeat the same one', async () => {
    const input = await order(1000n)
    const first = await debit(input)
    const { rows } = await sql<{ id: string }>`select id from billing.customer_transaction
      where task_id = ${input.taskId} and type = 'debit'`.execute(billing.db)
    expect(first).toMatchObject({ debitId: rows[0]?.id })
    expect(await debit(input)).toEqual(first)
  })

  test('rejected carries what was required and available', async () => {
    const answer = { state: 'rejected', required: 144, available: 100 }
    expect(await debit(await order(100n))).toEqual(answer)
  })

  test('too expensive carries price and limit, and leaves no trace', async () => {
    const input = await order(1000n, { maxCredits: 100 })
    expect(await debit(input)).toEqual({ state: 'too_expensive', price: 144, maxCredits: 100 })
    expect(await debit({ ...input, maxCredits: undefined })).toMatchObject({ state: 'debited' })
  })

  test('a free plan that says 0 credits is too expensive as well', async () => {
    const input = await order(1000n, { maxCredits: 0 })
    expect(await debit(input)).toEqual({ state: 'too_expensive', price: 144, maxCredits: 0 })
  })

  test('refunded, voided, reversed, already charged', async () => {
    const input = await order(1000n)
    await debit(input)
    expect(await debit({ ...input, generation: 2 })).toEqual({ state: 'already_charged' })
    const failed = { ...input, code: 'UPSCALER_TIMEOUT', donePercent: 0 }
    expect(await refund(failed)).toEqual({ state: 'refunded', givenBack: 144 })
    expect(await debit(input)).toEqual({ state: 'refunded' })
    const early = { ...failed, generation: 2 }
    expect(await refund(early)).toEqual({ state: 'voided', givenBack: 0 })
    expect(await debit({ ...input, generation: 2 })).toEqual({ state: 'voided' })

    const delivered = await order(144n)
    await debit(delivered)
    await settle(delivered)
    await reverse(billing.db, delivered.taskId)
    expect(await settle(delivered)).toEqual({ state: 'reversed', givenBack: 144 })
    expect(await debit(delivered)).toEqual({ state: 'reversed' })
  })

  test('a quoted debit costs what it did then; a quote that is over says so', async () => {
    await using prices = await testBilling()
    const { debit } = createActivities(prices)
    await sql`insert into billing.rate values (4, '2', 20, now() - interval '10 min')`.execute(
      prices.admin,
    )
    const quoted = async (minutesAgo: number) =>
      debit({
        ...(await order(0n)),
        accountId: await prices.account(1000n),
        pricedAt: Date.now() - minutesAgo * 60_000,
      })
    expect(await quoted(9)).toMatchObject({ creditsUsed: 180, creditsPerSecond: 20 })
    expect(await quoted(11)).toMatchObject({ creditsUsed: 144, creditsPerSecond: 16 })
    expect(await failureOf(quoted(61))).toEqual({
      code: 'QUOTE_EXPIRED',
      key: 'quote_expired',
      message: 'Quote has expired. Ask for a new one',
      cause: undefined,
      final: true,
    })
  })

  test('waived: a rerun that was delivered costs 0', async () => {
    const input = await order(144n)
    await debit(input)
    await refund({ ...input, code: 'GENERATION_FAILED', donePercent: 0 })
    await adjust(billing.db, { account: input.accountId, amount: -134n })
    const answer = await debit({ ...input, generation: 2, orWaive: true })
    const price = { creditsUsed: 0, creditsRemaining: 10, creditsPerSecond: 16, debitId: null }
    expect(answer).toEqual({ state: 'waived', ...price })
  })
})

describe('refund', () => {
  test.each([
    ['TASK_CANCELED', 25, 108],
    ['TASK_CANCELED', 25.9, 108],
    ['TASK_CANCELED', -3, 144],
    ['TASK_CANCELED', Number.NaN, 144],
    ['GENERATION_FAILED', 25, 144], // only the customer's cancel keeps a part
  ])('%s at %d percent gives %d back', async (code, donePercent, givenBack) => {
    const input = await order(144n)
    await debit(input)
    expect(await refund({ ...input, code, donePercent })).toEqual({ state: 'refunded', givenBack })
  })

  test('a cancel at 100 percent leaves nothing to give back', async () => {
    const input = await order(144n)
    await debit(input)
    const canceled = { ...input, code: 'TASK_CANCELED', donePercent: 120 }
    expect(await refund(canceled)).toEqual({ state: 'settled', givenBack: 0 })
  })

  test.each(['', 'x'.repeat(5000), 'a\0b\n', '\uD800', '💾'.repeat(300)])(
    'no text blocks it (%#)',
    async (code) => {
      const input = await order(144n)
      await debit(input)
      expect(await refund({ ...input, code, donePercent: 0 })).toMatchObject({ state: 'refunded' })
    },
  )
})

describe('failures', () => {
  test('a debit that the ledger refuses is final', async () => {
    const input = await order(1000n)
    await debit(input)
    const shown = {
      code: 'INTERNAL_ERROR',
      message: 'Internal error',
      cause: undefined,
      final: true,
    }
    const otherOrder = await failureOf(debit({ ...input, factor: '4' }))
    expect(otherOrder).toEqual({ ...shown, key: 'ledger_409' })
    const noAccount = await failureOf(
      debit({ ...(await order(0n)), accountId: 'no:live' as never }),
    )
    expect(noAccount).toEqual({ ...shown, key: 'ledger_404' })
    const waived = await failureOf(debit(await order(1000n, { orWaive: true })))
    expect(waived).toEqual({ ...shown, key: 'ledger_422' })
  })

  test('refund and settle are repeated whatever the ledger says', async () => {
    const input = await order(1000n)
    expect(await failureOf(settle(input))).toEqual({
      ...UNAVAILABLE,
      key: 'ledger_404',
      message: `The ledger refuses: no charge ${input.taskId}/1`,
    })
    const stranger = { ...input, accountId: 'no:live' as never, code: 'X', donePercent: 0 }
    expect(await failureOf(refund(stranger))).toEqual({
      ...UNAVAILABLE,
      key: 'ledger_404',
      message: 'The ledger refuses: no account no:live',
    })
  })

  test('what a constraint stops is repeated, and counted', async () => {
    const badTask = await order(1000n, { taskId: 'task_short' as never })
    expect(await failureOf(debit(badTask))).toEqual(UNAVAILABLE)
    const text = await billing.metrics.getSingleMetricAsString(
      'upscale_billing_constraint_stops_total',
    )
    expect(text).toContain('upscale_billing_constraint_stops_total 1')
  })

  test('a lost connection is repeated; then everything is there once', async () => {
    const input = await order(1000n)
    const blocker = await billing.admin.startTransaction().execute()
    await sql`select 1 from billing.account where id = ${input.accountId} for update`.execute(
      blocker,
    )
    const lost = failureOf(debit(input))
    await killWaiting()
    expect(await lost).toEqual(UNAVAILABLE)
    await blocker.rollback().execute()
    expect(await untilAnswered(() => debit(input))).toMatchObject({ creditsRemaining: 856 })
    expect(await linesOf(billing.db, input.taskId)).toEqual(['debit -144'])
  })

  test('a lock that nobody gives up is given up on before the attempt ends', async () => {
    const input = await order(1000n)
    const blocker = await billing.admin.startTransaction().execute()
    await sql`select 1 from billing.account where id = ${input.accountId} for update`.execute(
      blocker,
    )
    const startedAt = performance.now()
    expect(await failureOf(debit(input))).toEqual(UNAVAILABLE)
    expect(performance.now() - startedAt).toBeLessThan(1_900)
    await blocker.rollback().execute()
  })

  test('no server at all: repeated, without its address', async () => {
    const url = 'postgres://billing_app:x@127.0.0.1:9/none'
    await using ctx = createContext({ ...billing.config, db: { ...billing.config.db, url } })
    expect(await failureOf(createActivities(ctx).settle(await order(0n)))).toEqual(UNAVAILABLE)
  })
})

/** Repeats as Temporal would: the pool may hold a connection that it does not yet know to be dead. */
async function untilAnswered<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call()
    } catch (error) {
      if (tries === 5) throw error
    }
  }
}

async function killWaiting(): Promise<void> {
  for (let killed = 0; killed === 0;) {
    const { rows } = await sql<{
      pid: number
    }>`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and usename = 'billing_app' and wait_event_type = 'Lock'`.execute(
      billing.admin,
    )
    killed = rows.length
  }
}
