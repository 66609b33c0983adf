import * as fc from 'fast-check'

/** Accounts of a run: two that pay for tasks, a test account, and one that nobody has opened. */
export const [TEST_ACCOUNT, NO_ACCOUNT] = [2, 3]

const task = fc.constantFrom(0, 0, 0, 1, 2)
const charge = { task, generation: fc.constantFrom(1, 1, 1, 1, 2, 2, 2, 3) }
const seldom = fc.nat(19).map((n) => n === 19)
const payer = fc.record({ ofOther: seldom, ofNobody: fc.nat(39).map((n) => n === 39) })

const debit = fc.record({
  call: fc.constant('debit' as const),
  ...charge,
  payer,
  longer: seldom,
  quotedMinutesAgo: fc.constantFrom(null, null, null, null, null, 0, 15, 59, 61, -1),
  maxCredits: fc.constantFrom(null, null, null, null, null, 100, 144),
  orWaive: fc.boolean(),
})
const refund = fc.record({
  call: fc.constant('refund' as const),
  ...charge,
  payer,
  keepPercent: fc.constantFrom(0, 0, 1, 1, 33, 50, 50, 99, 99, 100, 101, null),
})
const settle = fc.record({ call: fc.constant('settle' as const), ...charge })
const reverse = fc.record({ call: fc.constant('reverse' as const), ...charge })
const post = fc.record({
  call: fc.constantFrom('grant' as const, 'adjust' as const),
  owner: fc.constantFrom(0, 0, 0, 1, 1, 1, TEST_ACCOUNT, NO_ACCOUNT),
  key: fc.nat(4),
  amount: fc.constantFrom(16n, 144n, 150n),
  up: fc.boolean(),
  task: fc.option(task),
})
const refill = fc.record({
  call: fc.constant('refill' as const),
  owner: fc.constantFrom(0, TEST_ACCOUNT, TEST_ACCOUNT, TEST_ACCOUNT),
  key: fc.nat(4),
})

/** Repeats and wrong order on purpose: few tasks, few generations, few keys, small balances. */
export const step = fc.oneof(
  { weight: 12, arbitrary: debit },
  { weight: 8, arbitrary: refund },
  { weight: 4, arbitrary: settle },
  { weight: 2, arbitrary: reverse },
  { weight: 5, arbitrary: post },
  { weight: 1, arbitrary: refill },
)

export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
