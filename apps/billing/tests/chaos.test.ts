import { expect, test } from '@jest/globals'
import { randomInt } from 'node:crypto'
import { envInt } from '@upscale/runtime'
import { crashServerUrl } from '../prove/chaos/crash-server.ts'
import { runChaos } from '../prove/chaos/run-chaos.ts'
import { testBilling } from './test-billing.ts'

const LIVES = 1_000
const SERVER_KILLS = 3

test('no credit is lost or taken twice while jobs, connections and the server die', async () => {
  const seed = envInt(process.env, 'SEED', randomInt(2 ** 31))
  await using billing = await testBilling(crashServerUrl(process.env))
  const sabotage = { everyMs: 50, serverKills: SERVER_KILLS }
  const report = await runChaos(billing, { seed, lives: LIVES, sabotage })
  expect({ seed, violations: report.violations }).toEqual({ seed, violations: [] })
  expect(report).toMatchObject({ lives: LIVES, serverKills: SERVER_KILLS })
  for (const faults of [report.lostReplies, report.brokenCalls, report.connectionKills])
    expect(faults).toBeGreaterThan(SERVER_KILLS)
}, 180_000)
