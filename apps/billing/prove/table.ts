/** Rows of text under each other; the first one is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_head, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `  ${line.trimEnd()}\n`)
    .join('')
}

/** Thousands apart. */
export const count = (value: number): string => value.toLocaleString('en-US')

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
