import type { TaskId } from '@upscale/types'
import { isPaid } from '../charge.ts'
import { STOPPED } from '../failures.ts'
import type { ChargeFacts, JobState } from './activities.ts'
import { books, giveBack, jobs, rows } from './clocked-activities.ts'
import { endTask, pages } from './pass.ts'
import type { Pass } from './pass.ts'
import { isOver, isTooMany } from './rules.ts'

const SUBJECT = 'open charges'

/** Gives back what is open although its job is over. True: too much looks lost, a person has to confirm. */
export async function refundOpenCharges(pass: Pass): Promise<boolean> {
  const { input, report } = pass
  const due: { taskId: TaskId; charge: ChargeFacts; job: JobState }[] = []
  for await (const charges of pages((page) =>
    books.listOpenCharges({ ...page, olderThanMs: input.openAfterMs }),
  )) {
    report.openCharges += charges.length
    const states = byTask(await jobs.readJobs(charges.map(({ taskId }) => taskId)))
    for (const charge of charges) {
      const job = states.get(charge.taskId)
      if (job && isOver(job, pass.now, input.closedForMs))
        due.push({ taskId: charge.taskId, charge, job })
    }
  }
  const lost = due.filter(({ job }) => job.run.state === 'unknown')
  const isHalted = isTooMany(lost.length, report.openCharges) && !input.confirmLost
  if (isHalted) pass.found({ check: 'lost_jobs', subject: SUBJECT, problem: haltText(lost.length) })
  const chosen = isHalted ? due.filter(({ job }) => job.run.state === 'closed') : due
  await pass.repairEach('open_charge', chosen, ({ charge }) => refundIfOver(pass, charge))
  return isHalted

  function haltText(count: number): string {
    return (
      `${count} of ${report.openCharges} open charges have no workflow here: wrong namespace or a lost store. ` +
      'None of these was refunded; once you are sure that their jobs are gone: ops reconcile --confirm-lost'
    )
  }
}

export const isAboutOpenCharges = ({ check, subject }: { check: string; subject: string }) =>
  check === 'open_charge' || (check === 'lost_jobs' && subject === SUBJECT)

/** Looks once more: the job may have been reset while the pass was busy with others. */
async function refundIfOver(pass: Pass, charge: ChargeFacts): Promise<void> {
  const { taskId, generation, accountId } = charge
  const [job] = await rows.readJobs([taskId])
  if (!job || !isOver(job, Date.now(), pass.input.closedForMs)) return
  if (job.status === 'completed' && (await books.findUnpaid([taskId])).length > 0) {
    const problem =
      'Delivered, and its charge is still open: reset its workflow in Temporal, which settles it.'
    pass.found({ check: 'delivered_unpaid', subject: taskId, problem })
    return
  }
  const { state } = await giveBack.refund({
    taskId,
    generation,
    accountId,
    code: STOPPED.code,
    donePercent: 0,
    actor: 'reconciler',
  })
  if (isPaid(state)) return // delivered after all, a moment ago
  pass.report.refunded.push(taskId)
  await endTask(job)
}

const byTask = (states: readonly JobState[]): Map<TaskId, JobState> =>
  new Map(states.map((state) => [state.taskId, state]))
