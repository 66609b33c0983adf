import type { Operator } from '../src/operator.ts'

/** Customers of their own, each with a key and credits: so many that no limit of one is met. */
export async function openAccounts(operator: Operator, count: number): Promise<BenchAccount[]> {
  const accounts: BenchAccount[] = []
  for (let n = 0; n < count; n += 1) {
    const customerId = `bench-${n}`
    const { key } = await operator.openAccount(customerId, 'enterprise', 1_000_000)
    accounts.push({ accountId: `${customerId}:live`, key })
  }
  return accounts
}

export interface BenchAccount {
  accountId: string
  key: string
}

/** Each call gives the next one, round and round. */
export function inTurn<Item>(items: readonly Item[]): () => Item {
  let next = 0
  return () => {
    const item = items[next % items.length]
    if (item === undefined) throw new Error('Nothing to take turns with')
    next += 1
    return item
  }
}
