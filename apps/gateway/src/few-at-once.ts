/**
 * Does the work for each item, at most `max` at the same time; the results are in the order of the items.
 * The first failure is thrown, and nothing further begins.
 */
export async function fewAtOnce<Item, Result>(
  items: readonly Item[],
  max: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const queue = oneByOne(items)
  const take = async () => {
    for (const [place, item] of queue) results[place] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(max, items.length) }, take))
  return results
}

/** A generator, unlike an array's own iterator, ends for all when one of its loops is left. */
function* oneByOne<Item>(items: readonly Item[]) {
  yield* items.entries()
}
