import { expect, test } from '@jest/globals'
import type { ChargeState, ChargeView, LedgerLine } from '@upscale/types'
import { nextStep } from './timeline-next.ts'
import type { Standing } from './timeline-next.ts'

const charge = (state: ChargeState, givenBack = 0): ChargeView => ({
  generation: 1,
  state,
  credits: 48,
  givenBack,
  reason: null,
  createdAt: '2026-11-24T12:00:00.000Z',
  closedAt: null,
})
const since = '2026-11-24T12:00:00.000Z'
const standing = (given: Partial<Standing>): Standing => ({
  status: 'processing',
  parkedAt: null,
  run: 'RUNNING',
  charges: [charge('debited')],
  lines: [],
  isAccepted: false,
  ...given,
})
const line = (kind: LedgerLine['kind'], amount: number, actor: string, generation = 1) => ({
  kind,
  amount,
  actor,
  generation: kind === 'adjust' ? null : generation,
})
const unpaid: Partial<Standing> = { status: 'completed', run: 'COMPLETED', charges: [] }
const reversed: Partial<Standing> = { ...unpaid, charges: [charge('reversed', 48)] }
const NOBODY_PAID =
  'Delivered, but nobody paid: `books accept` lets it be, `adjust --task` takes the credits.'

test.each<[string, Partial<Standing>, string]>([
  ['running', {}, 'It runs: nothing to do. `cancel` stops it and gives the credits back.'],
  [
    'not admitted yet',
    { status: null, charges: [] },
    'It is being probed and priced: nothing to do.',
  ],
  [
    'charged a moment ago, nothing recorded',
    { status: null },
    'It runs: nothing to do. `cancel` stops it and gives the credits back.',
  ],
  [
    'reset after its delivery',
    { status: 'completed' },
    'Delivered, and its run is not over yet (it ends, or was reset): nothing to do.',
  ],
  [
    'parked',
    { parkedAt: since },
    `Parked since ${since}: \`retry\` upscales again at no new charge, \`refund\` gives 48 credits back.`,
  ],
  [
    'delivered, reset and parked',
    { status: 'completed', parkedAt: since, charges: [charge('settled')] },
    `Delivered, and a run that was reset is parked since ${since}: \`cancel\` stops that run alone, \`reverse\` gives the credits back once it is over.`,
  ],
  [
    'delivered, its charge still open',
    { status: 'completed', run: 'TERMINATED' },
    'Delivered, but its charge is still open: reset its workflow in Temporal, which settles it; no adjustment.',
  ],
  [
    'free of charge and undelivered',
    { status: 'failed', run: 'FAILED', charges: [charge('waived')] },
    'Free of charge, but not delivered: reset its workflow in Temporal to deliver it.',
  ],
  [
    'parked, billing away',
    { parkedAt: since, charges: undefined },
    `Parked since ${since}: \`retry\` upscales again at no new charge, \`refund\` gives the credits back.`,
  ],
  [
    'parked and refunded meanwhile',
    { parkedAt: since, charges: [charge('refunded', 48)] },
    `Parked since ${since}, and nothing is charged any more: \`retry\` charges and upscales again, \`refund\` ends the job.`,
  ],
  [
    'paused',
    { run: 'PAUSED' },
    'The workflow is paused, and nothing goes on until it is unpaused in the Temporal UI.',
  ],
  [
    'Temporal away',
    { run: undefined },
    'Temporal does not answer, so nobody can say whether the job runs: mend that, then look again.',
  ],
  [
    'over, billing away',
    { run: 'FAILED', charges: undefined },
    'The job is over, and billing does not answer: mend that, then look again at what is charged.',
  ],
  [
    'delivered',
    { status: 'completed', run: 'COMPLETED', charges: [charge('settled')] },
    'Delivered and paid: nothing to do. `reverse` gives 48 credits back.',
  ],
  [
    'delivered, history gone',
    { status: 'completed', run: 'GONE', charges: [charge('refunded', 48), charge('waived')] },
    'Delivered free of charge: nothing to do.',
  ],
  [
    'delivered and reversed',
    { ...reversed, lines: [line('refund', 48, 'ann')] },
    'Delivered, and its credits were given back: nothing to do.',
  ],
  [
    'reversed by the reconciler, then delivered',
    { ...reversed, lines: [line('refund', 48, 'reconciler'), line('refund', 48, 'workflow', 2)] },
    NOBODY_PAID,
  ],
  ['delivered unpaid', unpaid, NOBODY_PAID],
  [
    'delivered unpaid, credits added',
    { ...unpaid, lines: [line('adjust', 5, 'ann')] },
    NOBODY_PAID,
  ],
  [
    'delivered unpaid, credits taken',
    { ...unpaid, lines: [line('adjust', -48, 'ann')] },
    'Delivered, and an adjustment took its credits: nothing to do.',
  ],
  [
    'delivered unpaid, accepted',
    { ...unpaid, isAccepted: true },
    'Delivered unpaid, and an operator let it be: nothing to do.',
  ],
  [
    'canceled',
    { status: 'canceled', run: 'COMPLETED', charges: [charge('refunded', 36)] },
    'Canceled by the customer: nothing to do.',
  ],
  [
    'failed and refunded',
    { status: 'failed', run: 'FAILED', charges: [charge('refunded', 48)] },
    'Failed and refunded: `rerun` charges and upscales again.',
  ],
  [
    'failed, a rerun could not be paid',
    { status: 'failed', run: 'FAILED', charges: [charge('rejected')] },
    'Failed, and nothing is charged: `rerun` charges and upscales again.',
  ],
  [
    'failed, its newest run was refused',
    { status: 'failed', run: 'COMPLETED', charges: [charge('refunded', 48)] },
    'Failed and refunded: only a reset of its workflow in Temporal makes it run again.',
  ],
  [
    'terminated while charged',
    { run: 'TERMINATED' },
    'The run is over (terminated) and 48 credits are still charged: the reconciler gives them back within minutes, or `rerun` upscales again at that charge.',
  ],
  [
    'terminated between settle and record',
    { run: 'TERMINATED', charges: [charge('settled')] },
    'Paid, but not delivered: reset its workflow in Temporal to deliver it, or `reverse` gives 48 credits back; the reconciler does so after an hour.',
  ],
  [
    'terminated between refund and record',
    { run: 'TERMINATED', charges: [charge('refunded', 48)] },
    'The job is over, nothing is charged, and its task still shows as processing: the reconciler ends it within minutes, or `rerun` charges and upscales again.',
  ],
  [
    'refused',
    { status: null, run: 'COMPLETED', charges: [] },
    'It was never admitted and nothing is charged: the customer was told why, nothing to do.',
  ],
])('%s', (_case, given, sentence) => {
  expect(nextStep(standing(given))).toBe(sentence)
})
