import { isTaskId } from '@upscale/types'
import type { Finding, TaskId } from '@upscale/types'
import type { ChargeFacts, JobState } from './activities.ts'
import { books, giveBack, jobs, rows } from './clocked-activities.ts'
import { endTask, pages } from './pass.ts'
import type { Pass } from './pass.ts'
import { isOver, isTooMany, openRowVerdict } from './rules.ts'

const SUBJECT = 'settled charges'

/** Gives back what was settled for nothing, and ends the rows of jobs that are over. */
export async function mendUndelivered(pass: Pass): Promise<void> {
  const { input, standing } = pass
  const { settled, due } = await settledUndelivered(pass)
  const { toReverse, toEnd } = await openRowsOfClosedJobs(pass)
  const all = new Map([...due, ...toReverse].map((charge) => [charge.taskId, charge]))
  const isHalted = isTooMany(all.size, settled + toReverse.length) && !input.confirmLost
  if (isHalted) {
    pass.found({
      check: 'lost_jobs',
      subject: SUBJECT,
      problem:
        `${all.size} of ${settled + toReverse.length} settled charges have no delivered task: was the gateway's ` +
        'database restored from a backup? None was reversed; once you are sure: ops reconcile --confirm-lost',
    })
    pass.found(...standing.filter(({ check }) => check === 'undelivered'))
  } else {
    // Until somebody has confirmed: those that it is about may lie outside the window of this pass.
    if (!input.confirmLost) pass.found(...standing.filter(isAboutSettledCharges))
    await pass.repairEach('undelivered', [...all.values()], (charge) =>
      reverseIfUndelivered(pass, charge),
    )
  }
  await pass.repairEach('unended_task', toEnd, async ({ taskId }) => {
    const [job] = await rows.readUndelivered([taskId])
    if (!job || !isOver(job, Date.now(), input.closedForMs)) return
    await endTask(job)
    pass.report.endedTasks.push(taskId)
  })
}

const isAboutSettledCharges = ({ check, subject }: { check: string; subject: string }) =>
  check === 'lost_jobs' && subject === SUBJECT

export const isAboutUndelivered = (finding: { check: string; subject: string }) =>
  ['undelivered', 'unended_task'].includes(finding.check) || isAboutSettledCharges(finding)

/** Charges of this window, and those that an earlier pass could not reverse. */
async function settledUndelivered({ input, now, standing }: Pass) {
  const toMs = now - input.undeliveredAfterMs
  const range = { fromMs: toMs - input.windowMs, toMs }
  const due: ChargeFacts[] = []
  let settled = 0
  const keepUndelivered = async (charges: readonly ChargeFacts[]) => {
    settled += charges.length
    const undelivered = await jobs.readUndelivered(charges.map(({ taskId }) => taskId))
    const over = new Set(
      undelivered.filter((job) => isOver(job, now, input.closedForMs)).map(({ taskId }) => taskId),
    )
    due.push(...charges.filter(({ taskId }) => over.has(taskId)))
  }
  for await (const charges of pages((page) => books.listSettledCharges({ ...page, ...range })))
    await keepUndelivered(charges)
  const earlier = standing.filter(({ check }) => check === 'undelivered')
  const tasks = earlier.map(({ subject }) => subject).filter(isTaskId)
  const known = tasks.length > 0 ? await books.readCharges(tasks) : []
  const stillSettled = known.filter(({ state }) => state === 'settled')
  if (stillSettled.length > 0) await keepUndelivered(stillSettled)
  return { settled, due }
}

async function openRowsOfClosedJobs({ input, now, standing }: Pass) {
  const toReverse: ChargeFacts[] = []
  const toEnd: { taskId: TaskId }[] = await halfMended(standing)
  for await (const open of pages((page) =>
    jobs.listOpenJobs({ ...page, olderThanMs: input.openAfterMs }),
  )) {
    const over = open.filter((job) => isOver(job, now, input.closedForMs))
    if (over.length === 0) continue
    const charges = await books.readCharges(over.map(({ taskId }) => taskId))
    for (const job of over) {
      const ofTask = charges.filter(({ taskId }) => taskId === job.taskId)
      const verdict = openRowVerdict(ofTask, isOver(job, now, input.undeliveredAfterMs))
      if (verdict === 'reverse') toReverse.push(...ofTask.filter((it) => it.state === 'settled'))
      if (verdict === 'end') toEnd.push(job)
    }
  }
  return { toReverse, toEnd }
}

/** Tasks whose money went back in an earlier pass, and which got no row: no list has them. */
async function halfMended(standing: readonly Finding[]): Promise<JobState[]> {
  const tasks = standing
    .filter(({ check }) => check === 'open_charge' || check === 'undelivered')
    .map(({ subject }) => subject)
    .filter(isTaskId)
  if (tasks.length === 0) return []
  const charges = await books.readCharges(tasks)
  const isGivenBack = ({ taskId }: JobState) =>
    openRowVerdict(
      charges.filter((it) => it.taskId === taskId),
      false,
    ) === 'end'
  const undelivered = await jobs.readUndelivered(tasks)
  return undelivered.filter((job) => job.status === null && isGivenBack(job))
}

/** Looks once more: a reset may have delivered it meanwhile. */
async function reverseIfUndelivered(pass: Pass, { taskId, generation }: ChargeFacts) {
  const [job] = await rows.readUndelivered([taskId])
  if (!job || !isOver(job, Date.now(), pass.input.closedForMs)) return
  const { state } = await giveBack.reverse({
    taskId,
    generation,
    reason: 'nothing was delivered',
  })
  if (state !== 'reversed') return
  pass.report.reversed.push(taskId)
  await endTask(job)
}
