import { setTimeout as sleep } from 'node:timers/promises'
import type { Cast } from './cast.ts'
import { openChecker } from './checked-fetch.ts'
import { customer } from './customer.ts'
import { PROCESSES, nameOf } from './kill-cells.ts'
import type { Cell } from './kill-cells.ts'
import { openHands } from './kill-hands.ts'
import { openJobs } from './kill-jobs.ts'
import type { Jobs } from './kill-jobs.ts'
import { STAGE, order } from './kill-stages.ts'
import type { Scene } from './kill-stages.ts'
import { VIOLATIONS, verdictOn } from './kill-verdict.ts'
import type { JobFacts, Outcome, Violation } from './kill-verdict.ts'
import { patiently } from './patiently.ts'
import { reconcile } from './reconcile.ts'

export interface CellResult {
  cell: Cell
  jobs: { facts: JobFacts; verdict: Outcome | Violation }[]
  /** What the reconciler had to give back or to end. */
  repairs: number
  /** What else is wrong, one sentence each. */
  problems: string[]
  tookMs: number
}

const GRANT = 2_000
const UNDER_WAY_MS = 150 // a POST has arrived and is being worked on
const HOLD_ON_MS = 300 // others go on while the job is still held

/**
 * One process is killed or halted while a job stands at a stage and others are on their way; then
 * everything has to end by itself, with an operator for what is parked.
 */
export async function runCell(
  cast: Pick<Cast, 'stack' | 'host' | 'operator'>,
  cell: Cell,
  number: number,
): Promise<CellResult> {
  const began = Date.now()
  const { stack, host, operator } = cast
  const name = `kill-${number}`
  await using hands = openHands(stack)
  await hands.allReady()
  const { key } = await operator.openAccount(name, 'pro_monthly', GRANT)
  const check = await openChecker(stack.api)
  const killed = stack.gateways[0] ?? stack.api
  const us = customer(killed, key, (seen) => check({ ...seen, limitsUnknown: true })) // so may be its database
  await using jobs = openJobs({ ...cast, check }, name)
  const turn = number + Math.floor(number / PROCESSES.length) // else a process had always the same kind
  const isBroken = turn % 2 === 1
  const scene = { host, us, operator, hands, jobs, accountId: `${name}:live`, isBroken }

  const problems: string[] = []
  const held = await STAGE[cell.stage](scene)
  await order(scene, !isBroken)
  await sleep(UNDER_WAY_MS)
  const before = await hands.pidOf(cell.process)
  void held.meanwhile?.().catch(() => undefined) // it may be cut, and is done again later
  await operator.kill(cell.process, cell.haltMs === 0 ? 'SIGKILL' : 'SIGSTOP')
  await whileItIsAway(scene, held.letGo, turn)
  if (cell.haltMs > 0) {
    await sleep(Math.max(0, cell.haltMs - HOLD_ON_MS))
    await operator.kill(cell.process, 'SIGCONT')
    if ((await hands.pidOf(cell.process)) !== before)
      problems.push(`${cell.process} was only halted, and yet started anew`)
  }

  const open = await jobs.untilOver()
  await hands.allReady(cell.haltMs === 0 ? { service: cell.process, before } : undefined)
  if (open.length > 0) problems.push(`still running: ${open.join(', ')}`)
  const { judged, repairs } = await judge(scene, jobs)
  const missing = await jobs.missing(GRANT, us)
  if (missing !== 0) problems.push(`the balance of ${name}:live is wrong by ${missing}`)
  for (const broken of await patiently(() => operator.brokenBooks()))
    problems.push(`the books do not add up: ${JSON.stringify(broken)}`)
  return { cell, jobs: judged, repairs, problems, tookMs: Date.now() - began }
}

/** More orders come, one of them is canceled by an operator now and then, and the held job goes on. */
async function whileItIsAway(
  scene: Scene,
  letGo: () => Promise<void>,
  turn: number,
): Promise<void> {
  const { jobs, operator } = scene
  const late = await order(scene, turn % 4 < 2)
  await sleep(HOLD_ON_MS)
  await letGo()
  if (turn % 4 !== 3) return
  const cancel = async () => {
    const taskId = await jobs.idOf(late)
    if (taskId !== undefined) await operator.temporal.workflow.getHandle(taskId).cancel()
  }
  void cancel().catch(() => undefined) // it may never have arrived
}

async function judge(scene: Scene, jobs: Jobs) {
  const look = async () =>
    (await jobs.facts(scene.us)).map((facts) => ({ facts, verdict: verdictOn(facts) }))
  const judged = await look()
  if (!judged.some(({ verdict }) => isViolation(verdict))) return { judged, repairs: 0 }
  const repairs = await reconcile(scene.operator)
  return { judged: await look(), repairs }
}

export const isViolation = (verdict: Outcome | Violation): verdict is Violation =>
  VIOLATIONS.some((violation) => violation === verdict)

/** What is wrong with a cell, for people: nothing where all is well. */
export function complaintsOf({ cell, jobs, repairs, problems }: CellResult): string[] {
  const bad = jobs
    .filter(({ verdict }) => isViolation(verdict))
    .map(({ facts, verdict }) => `${verdict}: ${JSON.stringify(facts)}`)
  const helped = repairs > 0 ? [`the reconciler had to mend ${repairs}`] : []
  return [...problems, ...helped, ...bad].map((text) => `${nameOf(cell)}: ${text}`)
}
