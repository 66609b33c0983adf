import type { Budget } from './budget.ts'
import { huntMutant } from './mutants/hunt-mutant.ts'
import type { Catch } from './mutants/hunt-mutant.ts'
import { CONTROL, MUTANTS } from './mutants/mutants.ts'
import { count, seconds, table } from './table.ts'

const MOST_SAID = 100 // letters; the whole is in the way of the table

/** Each planted bug must be caught, and the ledger without one must not be. Number of those that fail. */
export async function proveByMutants({ hunt }: Budget): Promise<number> {
  const began = Date.now()
  process.stdout.write(
    `\nplanted bugs: up to ${count(hunt.modelRuns)} rows of the model, ${count(hunt.lives)} lives of chaos each\n`,
  )
  const rows: string[][] = []
  let wrong = 0
  for (const mutant of [...MUTANTS, CONTROL]) {
    const found = await huntMutant(mutant, hunt)
    const isWrong = found.length > 0 === (mutant === CONTROL)
    wrong += Number(isWrong)
    rows.push([mutant.name, afterRuns('model', found), afterRuns('chaos', found), verdict(found)])
    if (isWrong) rows.push(['', '', '', mutant === CONTROL ? '^ FALSE ALARM' : '^ SURVIVED'])
  }
  process.stdout.write(
    `${table([['bug', 'model, rows', 'chaos, lives', 'said first'], ...rows])}  took ${seconds(Date.now() - began)}\n`,
  )
  return wrong
}

function afterRuns(by: Catch['by'], found: readonly Catch[]): string {
  const one = found.find((caught) => caught.by === by)
  if (!one) return '–'
  return `${count(one.runs)}${one.isByConstraint ? ', constraint' : ''}`
}

const verdict = ([first]: readonly Catch[]): string => first?.said.slice(0, MOST_SAID) ?? 'nothing'
