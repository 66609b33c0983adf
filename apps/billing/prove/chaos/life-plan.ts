import * as fc from 'fast-check'

/** One run of the workflow for a task, and how it ends. */
export interface RunPlan {
  /** `die`: no code runs any more. `unheard`: gives up on its debit while that is still under way. */
  ending: 'deliver' | 'fail' | 'cancel' | 'die' | 'unheard'
  /** Of a cancel: whole percent that is not given back. */
  keepPercent: number
  workMs: number
  /** Waits for an operator in mid-work, then asks for its charge again. */
  parks: boolean
}

/** What happens to one task, decided before it begins. */
export interface LifePlan {
  payer: { rich: boolean; index: number }
  order: { factor: '1' | '2' | '4'; durationMs: number }
  maxCredits: number | null
  /** Credits that come or go at the same time; asked for by two callers under one key. */
  posting: { kind: 'grant' | 'adjust'; credits: bigint; twice: boolean } | null
  first: RunPlan
  /** A Reset: a second run that replays a prefix of the first while that goes on. */
  twin: (RunPlan & { from: 'start' | 'debited'; afterMs: number }) | null
  /** A run of an operator with the next generation; `beside`: in the moment in which the first run ends. */
  rerun: (RunPlan & { when: 'early' | 'beside' | 'after' }) | null
  /** The reconciler takes the job for lost while it runs. */
  reconcileAfterMs: number | null
  /** An operator gives back what was settled; `early`: while runs still go on. */
  reverse: { early: boolean; twice: boolean } | null
  /** Which of its calls arrive once more when all is over. */
  late: readonly number[]
  /** How often the replies to its calls are lost, call by call. */
  lost: readonly number[]
}

const maybe = <T>(value: fc.Arbitrary<T>, percent: number): fc.Arbitrary<T | null> =>
  fc.nat(99).chain((n) => (n < percent ? value : fc.constant(null)))
const often = fc.nat(3).map((n) => n > 0)
const seldom = fc.nat(5).map((n) => n === 0)
const timesLost = fc.nat(39).map((n) => (n === 0 ? 2 : Number(n < 3)))
const shortMs = fc.constantFrom(0, 0, 1, 2, 4)

const run = {
  ending: fc.constantFrom<RunPlan['ending'][]>(
    ...(['deliver', 'deliver', 'deliver', 'fail', 'fail', 'cancel', 'die', 'unheard'] as const),
  ),
  keepPercent: fc.constantFrom(0, 1, 33, 50, 99, 100),
  workMs: shortMs,
  parks: seldom,
}
const twin = {
  ...run,
  from: fc.constantFrom('start' as const, 'debited' as const),
  afterMs: shortMs,
}
const MOMENTS = ['early', 'beside', 'beside', 'after'] as const
const posting = fc.oneof(
  fc.record({
    kind: fc.constant('grant' as const),
    credits: fc.constantFrom(16n, 40n, 77n, 128n),
    twice: often,
  }),
  fc.record({
    kind: fc.constant('adjust' as const),
    credits: fc.constantFrom(-30n, -5n, 20n),
    twice: often,
  }),
)

const lifePlan: fc.Arbitrary<LifePlan> = fc.record({
  payer: fc.record({ rich: fc.nat(3).map((n) => n === 0), index: fc.nat(2) }),
  order: fc.record({
    factor: fc.constantFrom('1' as const, '2' as const, '4' as const),
    durationMs: fc.constantFrom(1, 999, 1000, 1001, 2500, 4500, 8000),
  }),
  maxCredits: fc.constantFrom(null, null, null, 50),
  posting: maybe(posting, 60),
  first: fc.record(run),
  twin: maybe(fc.record(twin), 33),
  rerun: maybe(fc.record({ ...run, when: fc.constantFrom(...MOMENTS) }), 33),
  reconcileAfterMs: maybe(shortMs, 20),
  reverse: maybe(fc.record({ early: fc.boolean(), twice: fc.boolean() }), 15),
  late: fc.array(fc.nat(20), { maxLength: 3 }),
  lost: fc.array(timesLost, { minLength: 12, maxLength: 12 }),
})

/** The same seed gives the same plans. */
export const planLives = (seed: number, lives: number): LifePlan[] =>
  fc.sample(fc.noBias(lifePlan), { seed, numRuns: lives })
