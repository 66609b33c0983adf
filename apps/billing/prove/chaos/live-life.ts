import { setTimeout as sleep } from 'node:timers/promises'
import { unreachable } from '@upscale/types'
import { openCharge } from './charge-run.ts'
import type { LifePlan, RunPlan } from './life-plan.ts'
import type { TaskBooks } from './task-books.ts'
import { Refusal } from './until-answered.ts'

/** Lives through one plan: runs, twins and operators at the same time, then what comes late. */
export async function liveLife(books: TaskBooks, plan: LifePlan): Promise<void> {
  const { twin, rerun, reverse, posting, reconcileAfterMs } = plan
  const debited = Promise.withResolvers<number | null>()
  const ending = Promise.withResolvers<void>()
  const postings = [posting, posting?.twice && posting] // before the first debit, to meet each other
    .map((one) => one && accept('LG402', books.post(one)))
  const first = playRun(books, plan.first, 1, {
    isCharged: debited.resolve,
    isEnding: ending.resolve,
  })
  await together([
    ...postings,
    first.finally(() => {
      debited.resolve(null)
      ending.resolve()
    }),
    twin && playTwin(books, twin, debited.promise),
    rerun?.when === 'early' && rerunMeanwhile(books, rerun),
    rerun?.when === 'beside' && ending.promise.then(() => rerunMeanwhile(books, rerun)),
    reverse?.early && reverseAll(books, reverse.twice),
    reconcileAfterMs !== null && sleep(reconcileAfterMs).then(() => books.refund(1, 0)),
  ])
  if (reverse && !reverse.early) await reverseAll(books, reverse.twice)
  if (rerun?.when === 'after') await playRun(books, rerun, nextOf(books))
  // The reconciler finds what a dead run left, and the late refund of every other run moves nothing.
  for (const generation of books.generations()) await books.refund(generation, 0)
  for (const index of plan.late) await books.repeatLate(index)
}

/** How others learn where a run stands. */
interface Heard {
  isCharged: (generation: number) => void
  isEnding: () => void
}
const UNHEARD: Heard = { isCharged: () => {}, isEnding: () => {} }

async function playRun(
  books: TaskBooks,
  plan: RunPlan,
  generation: number,
  heard: Heard = UNHEARD,
): Promise<void> {
  if (plan.ending === 'unheard') {
    await together([books.debitUnheard(generation), books.refund(generation, 0)])
    return
  }
  const charge = openCharge(books, generation)
  if (await charge.take()) {
    heard.isCharged(charge.generation())
    await goOn(charge, plan, heard)
  } else await charge.undo(0)
}

/** Replays the first run from before its debit, or from after it with the generation that it had then. */
async function playTwin(
  books: TaskBooks,
  plan: NonNullable<LifePlan['twin']>,
  debited: Promise<number | null>,
): Promise<void> {
  if (plan.from === 'start') {
    await sleep(plan.afterMs)
    await playRun(books, plan, 1)
    return
  }
  const generation = await debited
  if (generation === null) return
  await sleep(plan.afterMs)
  await goOn(openCharge(books, generation), plan, UNHEARD)
}

/** Refused where the generation before is not there yet. */
const rerunMeanwhile = (books: TaskBooks, plan: RunPlan): Promise<unknown> =>
  accept('LG409', playRun(books, plan, nextOf(books)))

/** The part of a run that comes after its debit. */
async function goOn(
  charge: ReturnType<typeof openCharge>,
  plan: RunPlan,
  { isEnding }: Heard,
): Promise<void> {
  const { ending } = plan
  await sleep(plan.workMs)
  if (plan.parks && !(await charge.take())) {
    await charge.undo(0)
    return
  }
  isEnding()
  switch (ending) {
    case 'deliver':
      await charge.deliver()
      return
    case 'cancel':
      await charge.undo(plan.keepPercent)
      return
    case 'fail':
    case 'unheard':
      await charge.undo(0)
      return
    case 'die':
      return
    default:
      unreachable(ending)
  }
}

async function reverseAll(books: TaskBooks, twice: boolean): Promise<void> {
  for (const generation of books.generations()) {
    const reversal = () => accept('LG404', books.reverse(generation))
    await together([reversal(), twice && reversal()])
  }
}

const nextOf = (books: TaskBooks): number => Math.max(0, ...books.generations()) + 1

/** A refusal that the time of the call explains. */
const accept = (code: string, call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: unknown) => {
    if (!(error instanceof Refusal && error.code === code)) throw error
  })

/** Waits for all, so that nothing goes on unseen; then throws the first failure. */
async function together(works: readonly unknown[]): Promise<void> {
  const results = await Promise.allSettled(works)
  const failed = results.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
