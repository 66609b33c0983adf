import { ActivityFailure, ApplicationFailure } from '@temporalio/common'
import { proxyActivities, setCurrentDetails } from '@temporalio/workflow'
import type { AccountId, BooksCheck, Finding, TaskId } from '@upscale/types'
import type { BillingActivities, GatewayActivities } from './activities.ts'
import { STOPPED } from './failures.ts'
import { QUEUES } from './queues.ts'
import type {
  BooksActivities,
  ChargeFacts,
  JobState,
  JobsActivities,
  Page,
  Paged,
  ReconcileInput,
  ReconcileReport,
} from './reconcile-activities.ts'
import { isOver, isRefunded, isTooMany, openChargeVerdict } from './reconcile-rules.ts'
import { RECONCILE } from './timeouts.ts'

const clocks = {
  startToCloseTimeout: RECONCILE.startToClose,
  scheduleToCloseTimeout: RECONCILE.scheduleToClose,
}
const books = proxyActivities<BooksActivities & Pick<BillingActivities, 'refund'>>({
  taskQueue: QUEUES.billing,
  ...clocks,
})
const wholeBooks = proxyActivities<Pick<BooksActivities, 'auditBooks'>>({
  taskQueue: QUEUES.billing,
  startToCloseTimeout: RECONCILE.audit,
  retry: { maximumAttempts: 2 },
})
const jobs = proxyActivities<JobsActivities & GatewayActivities>({
  taskQueue: QUEUES.gateway,
  ...clocks,
})

/**
 * One pass over money and jobs: gives back what jobs left behind that are over, and reports what nobody
 * may mend but an operator. It never takes credits; each of its calls may be repeated and may race a job.
 */
export async function reconcileBilling(input: ReconcileInput): Promise<ReconcileReport> {
  const pass = openPass(input)
  pass.found(await books.proveBooks())
  if (input.audit) pass.found(await wholeBooks.auditBooks())
  const lost = await refundOpenCharges(pass)
  await reverseUndelivered(pass)
  await endRowsOfClosedJobs(pass)
  const standing = await books.readFindings() // late: the nightly pass may have reported meanwhile
  await findUnpaidDeliveries(pass, standing)
  if (!input.audit) pass.found(standing.filter(({ check }) => check === 'audit'))
  const { report } = pass
  await books.reportFindings(report.findings)
  setCurrentDetails(reportText(report))
  if (lost) throw ApplicationFailure.create({ ...lost, type: 'LOST_JOBS', nonRetryable: true })
  return report
}

type Pass = ReturnType<typeof openPass>

function openPass(input: ReconcileInput) {
  const report: ReconcileReport = {
    openCharges: 0,
    refunded: [],
    reversed: [],
    endedTasks: [],
    findings: [],
  }
  return {
    input,
    report,
    now: Date.now(),
    found: (findings: readonly Finding[]) => void report.findings.push(...findings),
    /** One repair; where it does not come about, that is a finding, and the pass goes on. */
    async repair(check: BooksCheck, taskId: TaskId, work: () => Promise<void>): Promise<void> {
      try {
        await work()
      } catch (error) {
        if (!(error instanceof ActivityFailure)) throw error
        const problem = `The repair failed: ${error.cause?.message ?? error.message}`
        report.findings.push({ check, subject: taskId, problem })
      }
    },
  }
}

/** Charges whose job is over. What it answers says why the pass must not end as if all were well. */
async function refundOpenCharges(pass: Pass): Promise<{ message: string } | undefined> {
  const { input, report, now } = pass
  const due: { charge: ChargeFacts; job: JobState }[] = []
  for await (const charges of pages((page) =>
    books.listOpenCharges({ ...page, olderThanMs: input.openAfterMs }),
  )) {
    report.openCharges += charges.length
    due.push(...(await dueOf(charges, pass)))
  }
  const gone = due.filter(({ job }) => job.run.state === 'unknown').length
  const isHalted = isTooMany(gone, report.openCharges) && !input.confirmLost
  for (const { charge, job } of due) {
    if (isHalted && job.run.state === 'unknown') continue
    await pass.repair('open_charge', charge.taskId, async () => {
      await refund(charge)
      report.refunded.push(charge.taskId)
      await endTask(job, now)
    })
  }
  if (!isHalted) return undefined
  const message =
    `${gone} of ${report.openCharges} open charges have no workflow here: wrong namespace or a lost ` +
    'store. None of these was refunded; once you are sure that their jobs are gone, run a pass with ' +
    'confirmLost (ops reconcile --confirm-lost).'
  pass.found([{ check: 'lost_jobs', subject: 'open charges', problem: message }])
  return { message }
}

async function dueOf(charges: readonly ChargeFacts[], { input, now, found }: Pass) {
  const states = byTask(await jobs.readJobs(charges.map(({ taskId }) => taskId)))
  const due: { charge: ChargeFacts; job: JobState }[] = []
  for (const charge of charges) {
    const job = states.get(charge.taskId)
    if (!job) continue
    const isJobOver = isOver(job, now, input.closedForMs)
    const isOdd = isJobOver && job.status === 'completed'
    const others = isOdd ? await books.readCharges([charge.taskId]) : []
    const verdict = openChargeVerdict(job, others, isJobOver)
    if (verdict === 'refund') due.push({ charge, job })
    if (verdict === 'alarm') found([unpaid(charge.taskId)])
  }
  return due
}

/** Settled an hour ago, and no customer has a result of it. */
async function reverseUndelivered(pass: Pass): Promise<void> {
  const { input, report, now } = pass
  const toMs = now - input.undeliveredAfterMs
  const range = { fromMs: toMs - input.windowMs, toMs }
  const due: { charge: ChargeFacts; job: JobState }[] = []
  let settled = 0
  for await (const charges of pages((page) => books.listSettledCharges({ ...page, ...range }))) {
    settled += charges.length
    const states = byTask(await jobs.readUndelivered(charges.map(({ taskId }) => taskId)))
    for (const charge of charges) {
      const job = states.get(charge.taskId)
      if (job && isOver(job, now, input.closedForMs)) due.push({ charge, job })
    }
  }
  if (isTooMany(due.length, settled) && !input.confirmLost) {
    const problem = `${due.length} of ${settled} settled charges have no delivered task: was the gateway's database restored from a backup? None was reversed.`
    pass.found([{ check: 'lost_jobs', subject: 'settled charges', problem }])
    return
  }
  for (const { charge, job } of due) {
    await pass.repair('undelivered', charge.taskId, async () => {
      const { taskId, generation } = charge
      await books.reverse({ taskId, generation, reason: 'nothing was delivered' })
      report.reversed.push(taskId)
      await endTask(job, now)
    })
  }
}

/** Rows that still run although their workflow is closed and nothing is left to give back. */
async function endRowsOfClosedJobs(pass: Pass): Promise<void> {
  const { input, report, now } = pass
  for await (const open of pages((page) =>
    jobs.listOpenJobs({ ...page, olderThanMs: input.openAfterMs }),
  )) {
    const over = open.filter((job) => isOver(job, now, input.closedForMs))
    const charges = over.length > 0 ? await books.readCharges(over.map((job) => job.taskId)) : []
    for (const job of over) {
      if (!isRefunded(charges.filter(({ taskId }) => taskId === job.taskId))) continue
      await pass.repair('unended_task', job.taskId, async () => {
        await endTask(job, now)
        report.endedTasks.push(job.taskId)
      })
    }
  }
}

/** New ones, and those of earlier passes that still stand. */
async function findUnpaidDeliveries(
  { input, now, found }: Pass,
  standing: readonly Finding[],
): Promise<void> {
  const toMs = now - input.closedForMs
  const range = { fromMs: toMs - input.windowMs, toMs }
  const earlier = standing.filter(({ check }) => check === 'delivered_unpaid')
  const unpaidTasks = new Set(await books.findUnpaid(earlier.map((it) => it.subject as TaskId)))
  for await (const delivered of pages((page) => jobs.listDelivered({ ...page, ...range })))
    for (const taskId of await books.findUnpaid(delivered)) unpaidTasks.add(taskId)
  found([...unpaidTasks].map(unpaid))
}

const unpaid = (taskId: TaskId): Finding => ({
  check: 'delivered_unpaid',
  subject: taskId,
  problem:
    'Delivered, and nothing is settled. Reset the job in Temporal to charge it, or write an adjustment that names the task.',
})

const refund = ({ taskId, generation, accountId }: ChargeFacts) =>
  books.refund({
    taskId,
    generation,
    accountId,
    code: STOPPED.code,
    donePercent: 0,
    actor: 'reconciler',
  })

/** Without an order no customer ever got this id: there is nothing to show. */
async function endTask({ taskId, accountId }: JobState, at: number): Promise<void> {
  if (accountId === null) return
  const account: AccountId = accountId
  await jobs.recordTask({ taskId, accountId: account, at, status: 'failed', error: STOPPED })
}

const PAGE_SIZE = 100 // of some 70 bytes: a payload stays below 10 kB

async function* pages<Item>(read: (page: Page) => Promise<Paged<Item>>): AsyncGenerator<Item[]> {
  for (let after: string | null | undefined; after !== null;) {
    const page: Paged<Item> = await read({ limit: PAGE_SIZE, ...(after && { after }) })
    if (page.items.length > 0) yield page.items
    after = page.next
  }
}

const byTask = (states: readonly JobState[]): Map<TaskId, JobState> =>
  new Map(states.map((state) => [state.taskId, state]))

function reportText({ openCharges, refunded, reversed, endedTasks, findings }: ReconcileReport) {
  const done = `${openCharges} open charges; ${refunded.length} refunded, ${reversed.length} reversed, ${endedTasks.length} rows ended.`
  if (findings.length === 0) return `**The books are right.** ${done}`
  const lines = findings.map(
    ({ check, subject, problem }) => `- \`${check}\` ${subject}: ${problem}`,
  )
  return [`**${findings.length} findings need an operator.** ${done}`, ...lines].join('\n')
}
