// What jobs that are worked on at once have to share.

/** Those who ask while a pass runs share the next one: the present one may not have seen their job. */
export function onePassForAll(pass: () => Promise<unknown>): () => Promise<unknown> {
  let last: Promise<unknown> = Promise.resolve()
  let next: Promise<unknown> | undefined
  const begin = () => {
    next = undefined
    last = pass()
    return last
  }
  return () => (next ??= last.then(begin, begin))
}

/** The first one halts, and when all have let go it goes on. */
export function haltTogether(halt: () => Promise<void>, goOn: () => Promise<void>) {
  let holders = 0
  let turn: Promise<void> = Promise.resolve()
  const count = async (step: 1 | -1): Promise<void> => {
    const before = turn
    const mine = Promise.withResolvers<void>()
    turn = mine.promise
    await before
    holders += step
    try {
      if (step === 1 && holders === 1) await halt()
      if (step === -1 && holders === 0) await goOn()
    } finally {
      mine.resolve()
    }
  }
  /** Halted once this is answered; call the answer to let go, more than once if need be. */
  return async (): Promise<() => Promise<void>> => {
    await count(1)
    let held = true
    return async () => {
      if (!held) return
      held = false
      await count(-1)
    }
  }
}

/** So many at once, in their order, until all are done. */
export async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items]
  const hand = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, hand))
}
