/** What the tests read of `ops show`. */
export interface Timeline {
  task: { taskId: string; status: string | null }
  events: { at: string; source: string; what: string; who?: string }[]
  next: string
}

/** A line for each event: `ledger: debit -48 credits, … (workflow)`. */
export const linesOf = ({ events }: Timeline): string[] =>
  events.map(({ source, what, who }) => `${source}: ${what}${who ? ` (${who})` : ''}`)

/** The wanted beginnings of lines that do not stand there in this order. */
export function missingFrom(lines: readonly string[], wanted: readonly string[]): string[] {
  let from = 0
  return wanted.filter((beginning) => {
    const found = lines.findIndex((line, place) => place >= from && line.startsWith(beginning))
    if (found >= 0) from = found + 1
    return found < 0
  })
}
