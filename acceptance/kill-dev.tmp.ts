
import { startCustomerHost } from './src/customer-host.ts'
import { complaintsOf, runCell } from './src/kill-cell.ts'
import { ALL_CELLS, nameOf } from './src/kill-cells.ts'
import { renderKillTable } from './src/kill-table.ts'
import { openOperator } from './src/operator.ts'
import { sharedStack } from './src/shared-stack.ts'
import { startSharedStack } from './src/start-shared-stack.ts'
import { wakeAll } from './src/kill-hands.ts'
const own = await startSharedStack()
const stack = sharedStack()
console.log(stack.state, stack.port, stack.temporal.ui)
const end = async () => { await wakeAll(stack); await own.stop(); process.exit(1) }
process.once('SIGTERM', () => void end())
const host = await startCustomerHost(stack.customerPort)
const operator = await openOperator(stack)
const results = []
const [from, to, re = '.'] = process.argv.slice(2)
let i = -1
for (const cell of ALL_CELLS) {
  i += 1
  if (i < Number(from) || i >= Number(to) || !new RegExp(re).test(nameOf(cell))) continue
  const began = Date.now()
  try {
    const result = await runCell({ stack, host, operator }, cell, i)
    results.push(result)
    console.log(i, nameOf(cell), result.jobs.map((j) => j.verdict + '/' + j.facts.heard).join(', '), result.repairs, ((Date.now() - began) / 1000).toFixed(1))
    for (const c of complaintsOf(result)) console.log('  ✗', c)
  } catch (error) { console.log(i, nameOf(cell), 'THREW', error) ; console.log((Date.now() - began) / 1000) }
}
console.log(renderKillTable(results))
await host[Symbol.asyncDispose]()
await operator[Symbol.asyncDispose]()
await own.stop()
