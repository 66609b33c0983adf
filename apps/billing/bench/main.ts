import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { closedLoop, median, ms, percentile, report } from '@upscale/testing'
import { ACCOUNTS, openBooks } from './bench-books.ts'
import type { Debit } from './bench-books.ts'

// How fast the ledger charges, and what one customer's burst costs the others: beside the same rows written
// over round trips under `select … for update`, and beside two bare tables, turn by turn in one run.
const ROUNDS = 5
const CALLS = 1_000
const [QUIET = '', ...OTHERS] = ACCOUNTS
const BURST = 200
const QUIET_CALLS = 150

process.stdout.write(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}\n`)
await using books = await openBooks()
const WAYS = [books.ours, books.roundTrips, books.bare] as const
for (const way of WAYS) await debitsPerSecond(way, OTHERS, 8) // connections open, statements prepared

for (const accounts of [OTHERS.slice(0, 1), OTHERS]) {
  for (const callers of [1, 8, 32]) {
    const rounds: number[][] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const figures: number[] = []
      for (const way of WAYS) figures.push(await debitsPerSecond(way, accounts, callers))
      rounds.push(figures)
    }
    const [ours = NaN, roundTrips = NaN, bare = NaN] = WAYS.map((_, way) =>
      median(rounds.map((figures) => figures[way] ?? NaN)),
    )
    const label = accounts.length === 1 ? '1 account' : '1,000 accounts'
    report(`debits, ${label}, ${callers} callers`, perSecond(ours), {
      peer: `for update ${perSecond(roundTrips)}, bare tables ${perSecond(bare)}`,
      ratio: ours / roundTrips,
      aim: '≥ 1',
    })
  }
}

const alone: number[][] = []
const beside: number[][] = []
for (const way of WAYS) {
  alone.push(await quietDebits(way))
  beside.push(await besideABurst(way))
}
for (const p of [0.5, 0.99]) {
  reportQuiet(`a quiet customer's debit, p${p * 100}, alone`, alone, p, '≤ 1')
  reportQuiet(`… p${p * 100}, beside one that has ${BURST} in flight`, beside, p, '≤ 0.1')
}

function reportQuiet(what: string, took: readonly number[][], p: number, aim: string): void {
  const [ours = NaN, roundTrips = NaN, bare = NaN] = took.map((figures) => percentile(figures, p))
  report(what, ms(ours), {
    peer: `for update ${ms(roundTrips)}, bare tables ${ms(bare)}`,
    ratio: ours / roundTrips,
    aim,
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

function perSecond(figure: number): string {
  return `${figure.toFixed(0)}/s`
}
