import type { Colors } from 'picocolors/types.js'
import { plainText } from './plain-text.ts'

export interface Column<Row> {
  title: string
  text: (row: Row) => string
  align?: 'right'
  paint?: (row: Row, colors: Colors) => (text: string) => string
}

/** Columns as wide as their widest cell, two blanks between them; titles in the first line. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  colors: Colors,
): string {
  const cells = columns.map((column) => {
    const texts = rows.map((row) => plainText(column.text(row)))
    const width = Math.max(column.title.length, ...texts.map((text) => text.length))
    const fit = (text: string) =>
      column.align === 'right' ? text.padStart(width) : text.padEnd(width)
    const painted = rows.map((row, i) => {
      const text = fit(texts[i] ?? '')
      return column.paint ? column.paint(row, colors)(text) : text
    })
    return [fit(column.title), ...painted]
  })
  return ['', ...rows]
    .map((_, line) => cells.map((column) => column[line] ?? '').join('  '))
    .map((text) => text.trimEnd())
    .join('\n')
}
