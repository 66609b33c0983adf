import { Counter } from '@upscale/runtime'
import type { Logger, Registry } from '@upscale/runtime'
import type { AccountId, ChargeKey, GrantRequest, GrantView } from '@upscale/types'
import { isConstraintStop, refusalOf, sqlStateOf } from './ledger/ledger-failures.ts'
import type { ChargeRow } from './ledger/ledger-store.ts'

export type LedgerCall = 'debit' | 'refund' | 'settle' | 'grant_credits'
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
    help: 'Calls of the ledger that failed, by SQLSTATE; "none": it did not answer',
    labelNames: ['call', 'sqlstate'],
    registers,
  })
  const constraintStops = new Counter({
    name: 'upscale_billing_constraint_stops_total',
    help: 'A constraint stopped a bug: must be zero',
    registers,
  })

  return {
    started: (port: number) => logger.info({ port }, 'billing is ready'),

    chargeAnswered(call: LedgerCall, { taskId, generation }: ChargeKey, row: ChargeRow) {
      const { state, replay } = row
      answers.inc({ call, state, replay: String(replay) })
      const line = { task_id: taskId, generation, state, replay, credits: row.amount?.toString() }
      logger.info(line, call)
    },

    creditsGranted(accountId: AccountId, { credits, actor }: GrantRequest, { replay }: GrantView) {
      logger.info({ account: accountId, credits, actor, replay }, 'credits granted')
    },

    ledgerFailed(call: LedgerCall, error: unknown) {
      failures.inc({ call, sqlstate: sqlStateOf(error) ?? 'none' })
      if (isConstraintStop(error)) constraintStops.inc()
      logger[refusalOf(error) ? 'warn' : 'error']({ err: error }, `${call} failed`)
    },

    httpFailed: (error: unknown) => logger.error({ err: error }, 'request failed unexpectedly'),
  }
}
