import { wakeAll } from '../src/kill-hands.ts'
import { sharedStack } from '../src/shared-stack.ts'
import { startSharedStack } from '../src/start-shared-stack.ts'
import { proveKills } from './kill-matrix.ts'
import { resetMatrix } from './reset-matrix.ts'

// What the whole stack must stand: every kill, every Reset. One stack for the parts that are named.
const PARTS = {
  kill: { title: 'Kill matrix', prove: proveKills },
  reset: { title: 'Reset matrix', prove: resetMatrix },
} satisfies Record<string, { title: string; prove: () => Promise<boolean> }>

const named = process.argv.slice(2)
const chosen = Object.entries(PARTS).filter(([part]) => named.length === 0 || named.includes(part))
const stack = await startSharedStack()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endEarly())
try {
  for (const [, { title, prove }] of chosen) {
    process.stdout.write(`\n${title}\n`)
    if (!(await prove())) process.exitCode = 1
  }
} finally {
  await stack.stop()
}

async function endEarly(): Promise<never> {
  await wakeAll(sharedStack()) // one that is halted could not hear that it has to end
  await stack.stop()
  process.exit(130)
}
