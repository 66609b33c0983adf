import { testBilling } from '../tests/test-billing.ts'
import type { Budget } from './budget.ts'
import { missedFaults } from './chaos/missed-faults.ts'
import { runChaos } from './chaos/run-chaos.ts'
import { count, seconds, table } from './table.ts'

const MOST_SHOWN = 20

/** Job lives while connections and the server of this administrator's URL die. Number of violations. */
export async function proveByChaos(budget: Budget, crashServer: string): Promise<number> {
  const { seed, lives, sabotage } = budget
  const step = Math.ceil(lives / 10)
  process.stdout.write('\njob lives under lost replies, killed connections and killed servers\n')
  await using billing = await testBilling(crashServer)
  const onLife = (done: number) => {
    if (done % step === 0) process.stdout.write(`  … ${count(done)} lives\n`)
  }
  const report = await runChaos(billing, { seed, lives, sabotage, onLife })
  const violations = [...report.violations, ...missedFaults(report, lives)]
  process.stdout.write(
    table([
      ['job lives', count(report.lives)],
      ['calls', count(report.calls)],
      ['lost replies', count(report.lostReplies)],
      ['calls broken by a kill', count(report.brokenCalls)],
      ['connections killed', count(report.connectionKills)],
      ['servers killed and restarted', count(report.serverKills)],
      ['violations', count(violations.length)],
      ['took', seconds(report.tookMs)],
    ]),
  )
  for (const violation of violations.slice(0, MOST_SHOWN)) process.stdout.write(`  ${violation}\n`)
  return violations.length
}
