import type { Outcome } from './reset-work.ts'
import { KINDS, RERUNS } from './reset-expectation.ts'

/** One line for people: how it ended, what it cost, and whether the books are right. */
export function renderOutcome({ name, books, reconciled, wrong }: Outcome): string {
  const mark = wrong.length === 0 ? '✓' : '✗'
  const { status, charges, paid, run } = books
  const by = reconciled ? ', by the reconciler' : ''
  return `${mark} ${name}: ${status}, ${charges.join(' + ')}, ${paid} credits, run ${run}${by}`
}

/** All that somebody needs who looks into a violation. */
export const renderViolation = ({ name, taskId, books, wrong, history }: Outcome): string =>
  [
    `✗ ${name}: ${taskId}`,
    ...wrong.map((what) => `    ${what}`),
    `    charges ${books.charges.join(', ')}; lines ${books.lines.join(', ')}`,
    ...history.map((event) => `      ${event}`),
  ].join('\n')

const HEAD = ['kind', 'event', 'new run knows', ...RERUNS, 'refund', 'books']

/** Kind of job × event, and how each sort of rerun ended; `R`: only the reconciler made it right. */
export function renderMatrix(outcomes: readonly Outcome[]): string {
  const rows = new Map<string, { cells: string[]; outcomes: Outcome[] }>()
  const cells = outcomes.filter((outcome) => outcome.cell && outcome.point)
  for (const outcome of cells.toSorted(byPlace)) {
    const { kind, event } = outcome.cell ?? {}
    const head = [kind, `${outcome.point?.eventId} ${event}`, outcome.point?.after].map(String)
    const key = [kind, event, outcome.cell?.place].join(' ')
    const row = rows.get(key) ?? { cells: head, outcomes: [] }
    row.outcomes.push(outcome)
    rows.set(key, row)
  }
  const table = [...rows.values()].map((row) => [
    ...row.cells,
    ...[...RERUNS, 'refund'].map((rerun) =>
      summaryOf(row.outcomes.filter(({ cell }) => cell?.rerun === rerun)),
    ),
    row.outcomes.every(({ wrong }) => wrong.length === 0) ? 'ok' : 'WRONG',
  ])
  return columns([HEAD, ...table])
}

const byPlace = (a: Outcome, b: Outcome): number => orderOf(a) - orderOf(b)

const orderOf = ({ cell, point }: Outcome): number =>
  (cell ? KINDS.indexOf(cell.kind) : 0) * 1_000 + (point?.eventId ?? 0)

/** Equal outcomes once, with how many there were. */
function summaryOf(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>()
  for (const { books, reconciled } of outcomes) {
    const text = `${books.status}: ${books.charges.join('+')}${reconciled ? ' R' : ''}`
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return [...counts].map(([text, count]) => (count > 1 ? `${text} ×${count}` : text)).join(', ')
}

function columns(rows: readonly string[][]): string {
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  const line = (row: string[]) => row.map((text, i) => text.padEnd(widths[i] ?? 0)).join('  ')
  return rows.map((row) => line(row).trimEnd()).join('\n')
}
