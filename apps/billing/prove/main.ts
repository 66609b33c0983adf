import { readBudget } from './budget.ts'
import { crashServerUrl } from './chaos/crash-server.ts'
import { proveByChaos } from './prove-by-chaos.ts'
import { proveByModel } from './prove-by-model.ts'
import { proveByMutants } from './prove-by-mutants.ts'

// The proof of the money on real PostgreSQL servers; one of them is killed again and again.
const budget = readBudget(process.env)
const crashServer = crashServerUrl(process.env)

process.stdout.write(`seed ${budget.seed} (SEED=${budget.seed} plays the same plan again)\n`)
const proofs = [
  await proveByModel(budget),
  await proveByChaos(budget, crashServer),
  await proveByMutants(budget),
]
const isProven = proofs.every((violations) => violations === 0)
process.stdout.write(isProven ? '\nproven: 0 violations\n' : '\nNOT PROVEN: see above\n')
process.exitCode = isProven ? 0 : 1
