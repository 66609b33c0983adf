import type { Colors } from 'picocolors/types.js'
import type { BooksView, Finding } from '@upscale/types'
import { renderTable } from './table.ts'
import type { Column } from './table.ts'
import { many, when } from './words.ts'

const COLUMNS: readonly Column<Finding>[] = [
  { title: 'CHECK', text: ({ check }) => check, paint: (_finding, colors) => colors.red },
  { title: 'SUBJECT', text: ({ subject }) => subject },
  { title: 'PROBLEM', text: ({ problem }) => problem },
]

/** Whether the books are right as of which pass, how much is open, and each finding. */
export function renderBooks(books: BooksView, colors: Colors): string {
  const { findings } = books
  const lines = [verdictOf(books, colors), openText(books)]
  return findings.length === 0
    ? lines.join('\n')
    : [...lines, '', renderTable(COLUMNS, findings, colors)].join('\n')
}

function verdictOf({ lastPassAt, findings }: BooksView, colors: Colors): string {
  if (lastPassAt === null) {
    return colors.yellow('No pass has ended yet: whether the books are right is not known.')
  }
  const verdict = findings.length === 0 ? colors.green('✓ right') : colors.red('✗ not right')
  return `${verdict} at the pass of ${when(lastPassAt)}`
}

const openText = ({ openCharges, oldestOpenAt }: BooksView): string =>
  oldestOpenAt === null
    ? 'No charge is open.'
    : `${many(openCharges, 'charge')} open, the oldest since ${when(oldestOpenAt)}`
