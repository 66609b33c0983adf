import type { CellResult } from './kill-cell.ts'
import { rowOf } from './kill-cells.ts'
import type { Outcome, Violation } from './kill-verdict.ts'

const COLUMNS = [
  'jobs',
  'delivered',
  'refunded',
  'refused',
  '503, yet done', // nobody could reach the job to stop it: allowed, and the books are right
  'lost',
  'charged twice',
  'not refunded',
  'repairs',
] as const
type Column = (typeof COLUMNS)[number]
type Sums = Record<Column, number>

const FIRST_WIDTH = 30
const WIDTH = 14

/** A line for each process and what was done to it, and their sum. */
export function renderKillTable(results: readonly CellResult[]): string {
  const rows = Map.groupBy(results, ({ cell }) => rowOf(cell))
  const line = (name: string, cells: readonly (string | number)[]) =>
    name.padEnd(FIRST_WIDTH) + cells.map((cell) => String(cell).padStart(WIDTH)).join('')
  const sumsLine = (name: string, of: readonly CellResult[]) => {
    const sums = sumUp(of)
    return line(
      name,
      COLUMNS.map((column) => sums[column]),
    )
  }
  return [
    line('process and signal', COLUMNS),
    ...[...rows].map(([name, of]) => sumsLine(name, of)),
    sumsLine(`all, ${results.length} cells`, results),
  ].join('\n')
}

function sumUp(results: readonly CellResult[]): Sums {
  const verdicts = results.flatMap(({ jobs }) => jobs.map(({ verdict }) => verdict))
  const count = (wanted: Outcome | Violation) =>
    verdicts.filter((verdict) => verdict === wanted).length
  return {
    jobs: verdicts.length,
    delivered: count('delivered'),
    refunded: count('refunded'),
    refused: count('refused'),
    '503, yet done': results
      .flatMap(({ jobs }) => jobs)
      .filter(({ facts, verdict }) => facts.heard === 'refused' && verdict === 'delivered').length,
    lost: count('lost'),
    'charged twice': count('charged twice'),
    'not refunded': count('not refunded'),
    repairs: results.reduce((sum, { repairs }) => sum + repairs, 0),
  }
}
