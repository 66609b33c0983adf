import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { closedLoop, median, ms, percentile, report } from '@upscale/testing'
import { ACCOUNTS, openBooks } from './bench-books.ts'
import type { Debit } from './bench-books.ts'

// How fast the ledger charges, and what one customer's burst costs the others: beside a plain ledger that
// locks the account's row over four round trips, turn by turn in one run.
const ROUNDS = 5
const CALLS = 1_000
const [QUIET = '', ...OTHERS] = ACCOUNTS
const BURST = 200
const QUIET_CALLS = 150

process.stdout.write(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}\n`)
await using books = await openBooks()
await debitsPerSecond(books.ours, OTHERS, 8) // connections open, statements prepared
await debitsPerSecond(books.plain, OTHERS, 8)

for (const accounts of [OTHERS.slice(0, 1), OTHERS]) {
  for (const callers of [1, 8, 32]) {
    const ours: number[] = []
    const plain: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await debitsPerSecond(books.ours, accounts, callers))
      plain.push(await debitsPerSecond(books.plain, accounts, callers))
    }
    const label = accounts.length === 1 ? '1 account' : '1,000 accounts'
    report(`debits, ${label}, ${callers} callers`, perSecond(ours), {
      peer: `begin … for update ${perSecond(plain)}`,
      ratio: median(ours) / median(plain),
      aim: '≥ 1',
    })
  }
}

const alone = { ours: await quietDebits(books.ours), plain: await quietDebits(books.plain) }
const beside = {
  ours: await besideABurst(books.ours),
  plain: await besideABurst(books.plain),
}
for (const p of [0.5, 0.99]) {
  const name = `p${p * 100}`
  const ours = percentile(beside.ours, p)
  const plain = percentile(beside.plain, p)
  report(`a quiet customer's debit, ${name}, alone`, ms(percentile(alone.ours, p)), {
    peer: `begin … for update ${ms(percentile(alone.plain, p))}`,
    ratio: percentile(alone.ours, p) / percentile(alone.plain, p),
    aim: '≤ 1',
  })
  report(`… ${name}, beside one that has ${BURST} in flight`, ms(ours), {
    peer: `begin … for update ${ms(plain)}`,
    ratio: ours / plain,
    aim: '≤ 0.1',
  })
}

async function debitsPerSecond(debit: Debit, accounts: readonly string[], callers: number) {
  let next = 0
  const began = performance.now()
  await closedLoop(callers, CALLS, () => debit(accounts[(next += 1) % accounts.length] ?? ''))
  return (CALLS * 1000) / (performance.now() - began)
}

/** Now and then a debit of another customer. */
async function quietDebits(debit: Debit): Promise<number[]> {
  const took: number[] = []
  for (let n = 0; n < QUIET_CALLS; n += 1) {
    took.push(...(await closedLoop(1, 1, () => debit(QUIET))))
    await sleep(10)
  }
  return took
}

async function besideABurst(debit: Debit): Promise<number[]> {
  const over = new AbortController()
  const noisy = async () => {
    while (!over.signal.aborted) await debit(OTHERS[0] ?? '')
  }
  const burst = Promise.all(Array.from({ length: BURST }, noisy))
  await sleep(200)
  const took = await quietDebits(debit)
  over.abort()
  await burst
  return took
}

function perSecond(figures: readonly number[]): string {
  return `${median(figures).toFixed(0)}/s`
}
