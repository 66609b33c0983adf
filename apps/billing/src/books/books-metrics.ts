import { setTimeout as sleep } from 'node:timers/promises'
import { Gauge } from '@upscale/runtime'
import type { Registry } from '@upscale/runtime'
import { BOOKS_CHECKS } from '@upscale/types'
import type { BillingDb } from '../db/schema/index.ts'
import { countFindings, readBooksState } from './finding-store.ts'

const SCRAPE_LIMIT_MS = 1_000

/**
 * The state of the books, read from the database at each scrape: every process says the same, a restarted
 * one too. While the database does not answer these figures are missing, and the others are served.
 */
export function exportBooks(db: BillingDb, metrics: Registry): Gauge[] {
  const registers = [metrics]
  const read = sharing(() => figuresOf(db))
  const readFigures = () =>
    Promise.race([
      read().catch(() => undefined), // the calls themselves log that the database is down
      sleep(SCRAPE_LIMIT_MS, undefined, { ref: false }),
    ])

  const imbalance = new Gauge({
    name: 'upscale_ledger_imbalance',
    help: 'What the reconciler found wrong and nobody has mended: must be zero',
    labelNames: ['check'],
    registers,
    async collect() {
      const figures = await readFigures()
      this.reset()
      figures?.findings.forEach((count, check) => this.set({ check }, count))
    },
  })
  const openAge = new Gauge({
    name: 'upscale_billing_open_charge_age_seconds',
    help: 'Age of the oldest charge that is open; 0: none is',
    registers,
    async collect() {
      setOrHide(this, (await readFigures())?.openSeconds)
    },
  })
  const lastPass = new Gauge({
    name: 'upscale_billing_reconciler_last_pass_seconds',
    help: 'Unix time when a pass of the reconciler last ended; 0: none has',
    registers,
    async collect() {
      setOrHide(this, (await readFigures())?.lastPassSeconds)
    },
  })
  return [imbalance, openAge, lastPass]
}

function setOrHide(gauge: Gauge, value: number | undefined): void {
  if (value === undefined) gauge.remove()
  else gauge.set(value)
}

async function figuresOf(db: BillingDb) {
  const [counts, state] = await Promise.all([countFindings(db), readBooksState(db)])
  const findings = new Map<string, number>(BOOKS_CHECKS.map((check) => [check, 0]))
  for (const { check, count } of counts) findings.set(check, Number(count))
  return {
    findings,
    openSeconds: state.oldestOpenAt
      ? Math.max(0, Date.now() - state.oldestOpenAt.getTime()) / 1000
      : 0,
    lastPassSeconds: (state.endedAt?.getTime() ?? 0) / 1000,
  }
}

/** One read for all who ask while it is under way: a hanging database is not asked again and again. */
function sharing<Answer>(read: () => Promise<Answer>): () => Promise<Answer> {
  let underWay: Promise<Answer> | undefined
  return () => {
    underWay ??= read().finally(() => (underWay = undefined))
    return underWay
  }
}
