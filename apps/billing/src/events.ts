import { Counter } from '@upscale/runtime'
import type { Logger, Registry } from '@upscale/runtime'
import type {
  AcceptRequest,
  AccountId,
  AdjustRequest,
  ChargeKey,
  ChangePlanRequest,
  CustomerId,
  Finding,
  GrantRequest,
  GrantView,
  RateView,
} from '@upscale/types'
import { CallTooLate } from './ledger/account-queue.ts'
import { isConstraintStop, refusalOf, sqlStateOf } from './ledger/ledger-failures.ts'
import type { ChargeRow } from './ledger/ledger-store.ts'

export type LedgerCall = ChargeCall | PostingCall | BooksCall
type ChargeCall = 'debit' | 'refund' | 'settle' | 'reverse'
type PostingCall = 'grant_credits' | 'adjust' | 'refill' | 'change_plan' | 'add_rate'
type BooksCall = 'prove' | 'audit' | 'report' | 'accept' | 'read_books'
export type Events = ReturnType<typeof createEvents>

/** One function per business event: its log line and its metric. */
export function createEvents(logger: Logger, metrics: Registry) {
  const registers = [metrics]
  const answers = new Counter({
    name: 'upscale_billing_answers_total',
    help: 'Answers of the ledger about charges; replay: the same question came again',
    labelNames: ['call', 'state', 'replay'],
    registers,
  })
  const failures = new Counter({
    name: 'upscale_billing_failures_total',
    help: 'Calls of the ledger that failed, by SQLSTATE; "none": it did not answer, "unsent": its turn came too late',
    labelNames: ['call', 'sqlstate'],
    registers,
  })
  const constraintStops = new Counter({
    name: 'upscale_billing_constraint_stops_total',
    help: 'A constraint stopped a bug: must be zero',
    registers,
  })
  const repairs = new Counter({
    name: 'upscale_billing_reconciler_repairs_total',
    help: 'Charges that the reconciler gave back because their job was over',
    labelNames: ['what'],
    registers,
  })
  for (const what of ['refund', 'reverse']) repairs.inc({ what }, 0) // an alarm needs a beginning

  return {
    started: (port: number) => logger.info({ port }, 'billing is ready'),

    chargeAnswered(call: ChargeCall, { taskId, generation }: ChargeKey, row: ChargeRow) {
      const { state, replay } = row
      answers.inc({ call, state, replay: String(replay) })
      const line = { task_id: taskId, generation, state, replay, credits: row.amount?.toString() }
      logger.info(line, call)
    },

    /** The reconciler asked for it; without a movement there was nothing to repair. */
    repaired(what: 'refund' | 'reverse', { state, replay }: ChargeRow) {
      if (!replay && (state === 'refunded' || state === 'reversed')) repairs.inc({ what })
    },

    creditsGranted(account: AccountId, { credits, purpose, actor }: GrantRequest, view: GrantView) {
      const { replay } = view
      logger.info({ account, credits, purpose, actor, replay }, 'credits granted')
    },

    creditsAdjusted(account: AccountId, { delta, actor }: AdjustRequest, { replay }: GrantView) {
      logger.info({ account, delta, actor, replay }, 'credits adjusted')
    },

    testAccountRefilled: (account: AccountId, day: string, balance: number) =>
      logger.info({ account, day, balance }, 'test account refilled'),

    planChanged: (customer: CustomerId, { plan }: ChangePlanRequest) =>
      logger.info({ customer, plan }, 'plan changed'),

    rateAdded: (rate: RateView) => logger.info(rate, 'rate added'),

    passEnded(findings: readonly Finding[]) {
      if (findings.length > 0) logger.error({ findings }, 'the books need an operator')
    },

    findingAccepted: ({ check, subject, actor }: AcceptRequest) =>
      logger.info({ check, subject, actor }, 'finding accepted'),

    ledgerFailed(call: LedgerCall, error: unknown) {
      failures.inc({ call, sqlstate: causeOf(error) })
      if (isConstraintStop(error)) constraintStops.inc()
      logger[isExpected(error) ? 'warn' : 'error']({ err: error }, `${call} failed`)
    },

    httpFailed: (error: unknown) => logger.error({ err: error }, 'request failed unexpectedly'),
  }
}

const causeOf = (error: unknown): string =>
  error instanceof CallTooLate ? 'unsent' : (sqlStateOf(error) ?? 'none')

const isExpected = (error: unknown): boolean =>
  refusalOf(error) !== undefined || error instanceof CallTooLate
