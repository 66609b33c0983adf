import { expect, test } from '@jest/globals'
import { unreachable } from '@upscale/types'
import * as fc from 'fast-check'
import type { BillingDb } from '../src/db/schema/index.ts'
import { sqlStateOf } from '../src/ledger/ledger-failures.ts'
import { adjust, balanceOf, debit, grant, linesOf, problemsIn } from './ledger-calls.ts'
import { refund, reverse, settle } from './ledger-calls.ts'
import { LedgerModel } from './ledger-model.ts'
import { newTaskId, testBilling } from './test-billing.ts'

const TIME_LIMIT_MS = 15_000

const task = fc.nat(2)
/** Whose account: the task's own, seldom the other. */
const stranger = fc.nat(15).map((n) => n === 0)
const generation = fc.constantFrom(1, 1, 1, 2, 2, 3)
const charge = { task, generation }

/** Repeats and wrong order on purpose: few tasks, few generations, few keys, small balances. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      call: fc.constant('debit' as const),
      ...charge,
      stranger,
      longer: fc.nat(15).map((n) => n === 0),
      maxCredits: fc.constantFrom(null, null, null, 100, 144),
      orWaive: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      call: fc.constant('refund' as const),
      ...charge,
      stranger,
      keepPercent: fc.constantFrom(0, 0, 1, 50, 99, 100),
    }),
  },
  { weight: 2, arbitrary: fc.record({ call: fc.constant('settle' as const), ...charge }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('reverse' as const), ...charge }) },
  {
    weight: 2,
    arbitrary: fc.record({
      call: fc.constantFrom('grant' as const, 'adjust' as const),
      owner: fc.nat(1),
      key: fc.nat(3),
      amount: fc.constantFrom(16n, 144n, 150n),
      up: fc.boolean(),
    }),
  },
)

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const ORDERS = [
  { factor: '2', durationMs: 8500 },
  { factor: '4', durationMs: 1 },
  { factor: '1', durationMs: 5000 },
] as const

/** The accounts, tasks and keys of one run: nothing is shared with other runs. */
interface Cast {
  accounts: readonly string[]
  tasks: readonly string[]
  keys: readonly string[]
}

/** Plays one step on the ledger and on the model; both answers. */
async function play(db: BillingDb, model: LedgerModel, cast: Cast, step: Step) {
  switch (step.call) {
    case 'debit': {
      const { factor, durationMs } = ORDERS[step.task] ?? ORDERS[0]
      const call = {
        ...chargeOf(cast, step),
        account: payerOf(cast, step),
        factor,
        durationMs: step.longer ? durationMs + 1000 : durationMs,
        rate: null,
        maxCredits: step.maxCredits,
        orWaive: step.orWaive,
      }
      return [await answerOf(debit(db, call)), model.debit(call)]
    }
    case 'refund': {
      const call = {
        ...chargeOf(cast, step),
        account: payerOf(cast, step),
        keepPercent: step.keepPercent,
      }
      return [await answerOf(refund(db, call)), model.refund(call)]
    }
    case 'settle':
    case 'reverse': {
      const { task, generation } = chargeOf(cast, step)
      const onLedger = step.call === 'settle' ? settle : reverse
      return [await answerOf(onLedger(db, task, generation)), model[step.call](task, generation)]
    }
    case 'grant':
    case 'adjust': {
      const account = cast.accounts[step.owner] ?? ''
      const key = cast.keys[step.key] ?? ''
      const amount = step.call === 'grant' || step.up ? step.amount : -step.amount
      const onLedger = step.call === 'grant' ? grant : adjust
      const answer = await answerOf(onLedger(db, { account, key, amount }))
      const replay = typeof answer === 'string' ? answer : answer.replay
      return [replay, model.post(step.call, account, key, amount)]
    }
    default:
      return unreachable(step)
  }
}

const chargeOf = (cast: Cast, { task, generation }: { task: number; generation: number }) => ({
  task: cast.tasks[task] ?? '',
  generation,
})

const payerOf = (cast: Cast, { task, stranger }: { task: number; stranger: boolean }): string =>
  cast.accounts[(task + Number(stranger)) % 2] ?? ''

const answerOf = <T>(call: Promise<T>): Promise<T | string> =>
  call.catch((error: unknown) => {
    const code = sqlStateOf(error)
    if (code === undefined) throw error
    return code
  })

test('every answer, line and balance equals the model’s, in whatever order calls come', async () => {
  await using billing = await testBilling()
  const { db } = billing
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 8, maxLength: 40 }),
    async (steps) => {
      const model = new LedgerModel()
      const cast = {
        accounts: [await billing.account(), await billing.account()],
        tasks: [newTaskId(), newTaskId(), newTaskId()],
        keys: [newTaskId(), newTaskId(), newTaskId(), newTaskId()],
      }
      for (const step of steps) {
        const [answer, expected] = await play(db, model, cast, step)
        expect(answer).toEqual(expected)
      }
      for (const account of cast.accounts) {
        expect(await balanceOf(db, account)).toBe(model.balances.get(account) ?? 0n)
      }
      for (const task of cast.tasks)
        expect(await linesOf(db, task)).toEqual(model.lines.get(task) ?? [])
    },
  )
  await fc.assert(property, { numRuns: 120, interruptAfterTimeLimit: TIME_LIMIT_MS })
  expect(await problemsIn(db)).toEqual([])
})
