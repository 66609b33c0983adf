import { expect, test } from '@jest/globals'
import type { ChargeState, ChargeView, LedgerLine, TaskBooks } from '@upscale/types'
import { ledgerEvents } from './timeline-ledger.ts'

const at = '2026-11-24T12:00:00.000Z'
const later = '2026-11-24T12:00:05.000Z'
const line = (given: Partial<LedgerLine>): LedgerLine => ({
  id: 'txn_1',
  kind: 'debit',
  amount: -144,
  balanceAfter: 856,
  generation: 1,
  reason: '9 s at 2x',
  actor: 'workflow',
  createdAt: at,
  ...given,
})
const charge = (state: ChargeState, credits: number | null): ChargeView => ({
  generation: 2,
  state,
  credits,
  givenBack: 0,
  reason: null,
  createdAt: at,
  closedAt: later,
})
const books = (lines: LedgerLine[], charges: ChargeView[]): TaskBooks => ({
  taskId: 'task_0123456789abcdef' as TaskBooks['taskId'],
  accountId: 'acme:live' as TaskBooks['accountId'],
  lines,
  charges,
})

test('each line with its sign, balance, generation, reason and actor', () => {
  const refund = line({ kind: 'refund', amount: 144, balanceAfter: 1000, actor: 'reconciler' })
  const gift = line({ kind: 'adjust', amount: 5, generation: null, reason: 'sorry', actor: 'ana' })
  expect(ledgerEvents(books([line({}), refund, gift], []))).toEqual([
    {
      at,
      source: 'ledger',
      what: 'debit -144 credits, balance 856, generation 1: 9 s at 2x',
      who: 'workflow',
    },
    {
      at,
      source: 'ledger',
      what: 'refund +144 credits, balance 1000, generation 1: 9 s at 2x',
      who: 'reconciler',
    },
    { at, source: 'ledger', what: 'adjust +5 credits, balance 856: sorry', who: 'ana' },
  ])
})

test.each([
  ['settled', 144, 'generation 2 settled: 144 credits stand'],
  ['rejected', 144, 'generation 2 rejected: too few credits for the 144 that it costs'],
  ['voided', null, 'generation 2 voided: given up before it was charged'],
] as const)('a charge that is %s has no line, and is told', (state, credits, what) => {
  expect(ledgerEvents(books([], [charge(state, credits)]))).toEqual([
    { at: later, source: 'ledger', what },
  ])
})

test.each(['debited', 'refunded', 'reversed', 'waived'] as const)(
  'a charge that is %s is told by its lines alone',
  (state) => {
    expect(ledgerEvents(books([], [charge(state, 144)]))).toEqual([])
  },
)
