import { startCustomerHost } from '../src/customer-host.ts'
import { complaintsOf, runCell } from '../src/kill-cell.ts'
import type { CellResult } from '../src/kill-cell.ts'
import { ALL_CELLS, nameOf } from '../src/kill-cells.ts'
import { renderKillTable } from '../src/kill-table.ts'
import { openOperator } from '../src/operator.ts'
import { reconcile } from '../src/reconcile.ts'
import { sharedStack } from '../src/shared-stack.ts'

/** Kills and halts every process at every stage of a job. Whether all jobs and all credits are accounted for. */
export async function proveKills(): Promise<boolean> {
  const began = Date.now()
  const stack = sharedStack()
  await using host = await startCustomerHost(stack.customerPort)
  await using operator = await openOperator(stack)
  const results: CellResult[] = []
  const complaints: string[] = []
  const complain = (text: string) => {
    complaints.push(text)
    process.stdout.write(`  ✗ ${text}\n`)
  }
  for (const [index, cell] of ALL_CELLS.entries()) {
    try {
      const result = await runCell({ stack, host, operator }, cell, index)
      results.push(result)
      say(index, result)
      complaintsOf(result).forEach(complain)
    } catch (error) {
      complain(`${nameOf(cell)}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const left = await reconcile(operator)
  if (left > 0) complain(`the reconciler found ${left} leftovers when all was over`)
  for (const broken of await operator.brokenBooks())
    complain(`the books do not add up: ${JSON.stringify(broken)}`)
  const minutes = ((Date.now() - began) / 60_000).toFixed(1)
  process.stdout.write(`\n${renderKillTable(results)}\n`)
  process.stdout.write(`${complaints.length} violations in ${minutes} minutes\n`)
  return complaints.length === 0
}

function say(index: number, { cell, jobs, tookMs }: CellResult): void {
  const place = `${index + 1}/${ALL_CELLS.length}`
  const outcomes = jobs.map(({ verdict }) => verdict).join(', ')
  process.stdout.write(`${place} ${nameOf(cell)}: ${outcomes}; ${(tookMs / 1000).toFixed(1)} s\n`)
}
