import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowNotFoundError } from '@temporalio/client'
import { Pool } from 'pg'
import type { Cast } from './cast.ts'
import { checkedFetch } from './checked-fetch.ts'
import type { Created, Customer, Task } from './customer.ts'
import type { JobFacts } from './kill-verdict.ts'
import { patiently } from './patiently.ts'

/** A POST that was sent, whatever becomes of it. */
export interface Posted {
  url: string
  price: number
  answer: Promise<Pick<JobFacts, 'heard'> & { taskId: string | null }>
}

type Decision = 'retry' | 'refund'
export type Jobs = ReturnType<typeof openJobs>

const END_WITHIN_MS = 150_000
const POLL_MS = 250

/** The jobs of one customer: what was posted, where each stands, and what became of it. */
export function openJobs(
  { stack, operator, check }: Pick<Cast, 'stack' | 'operator' | 'check'>,
  name: string,
) {
  const accountId = `${name}:live`
  const database = new Pool({ connectionString: stack.database, max: 2 })
  database.on('error', () => undefined) // its server may be killed
  const { workflow } = operator.temporal
  const posted: Posted[] = []
  const seen = new Map<string, string | null>() // task ids that there ever were, and their URLs
  const decisions = new Map<string, Decision>()

  const look = async (): Promise<void> => {
    const { rows } = await database.query<{ taskId: string; url: string | null }>(
      `select coalesce(o.task_id, c.task_id) as "taskId", o.video_url as url
         from (select * from gateway.task_order where account_id = $1) o
         full join (select distinct task_id from billing.charge where account_id = $1) c using (task_id)`,
      [accountId],
    )
    for (const { taskId, url } of rows) seen.set(taskId, url ?? seen.get(taskId) ?? null)
  }
  const idOf = async ({ url }: Posted): Promise<string | undefined> => {
    await look()
    return [...seen].find(([, ordered]) => ordered === url)?.[0]
  }
  const statusOf = async (
    taskId: string,
  ): Promise<{ status: string; isParked: boolean } | null> => {
    try {
      const { status, searchAttributes } = await workflow.getHandle(taskId).describe()
      const [stage] = searchAttributes['UpscaleStage'] ?? []
      return { status: status.name, isParked: stage === 'needs_attention' }
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null
      throw error
    }
  }
  /** As an operator does it: a first try again, and the credits back where that does not help. */
  const decide = async (taskId: string): Promise<void> => {
    const decision = decisions.get(taskId) ?? 'retry'
    await workflow.getHandle(taskId).executeUpdate<string, []>(decision)
    decisions.set(taskId, 'refund')
  }
  const stillRunning = async (): Promise<string[]> => {
    await look()
    const running: string[] = []
    for (const taskId of seen.keys()) {
      const now = await statusOf(taskId)
      if (now?.status !== 'RUNNING') continue
      running.push(taskId)
      if (now.isParked) await decide(taskId)
    }
    return running
  }

  return {
    posted,
    post(us: Customer, url: string, { price, factor = '2' }: { price: number; factor?: string }) {
      const job: Posted = { url, price, answer: answerOf(us, url, factor) }
      job.answer.catch(() => undefined) // told by `untilOver`
      posted.push(job)
      return job
    },
    idOf,
    decide,
    decisions,
    /** Waits until every job is over; an operator decides the parked ones. Those that are not. */
    async untilOver(): Promise<string[]> {
      await Promise.all(posted.map(({ answer }) => answer))
      const deadline = Date.now() + END_WITHIN_MS
      for (;;) {
        const running = await stillRunning().catch(() => undefined) // a server may be away
        if (running?.length === 0) return []
        if (Date.now() > deadline) return running ?? ['the servers do not answer']
        await sleep(POLL_MS)
      }
    },
    /** Every POST, and every task beyond them, as the API, Temporal and the ledger have it now. */
    async facts(us: Customer): Promise<JobFacts[]> {
      const found = await Promise.all(
        posted.map(async (job) => {
          const { heard, taskId } = await job.answer
          const id = taskId ?? (await patiently(() => idOf(job))) ?? null
          return { heard, taskId: id, price: job.price }
        }),
      )
      const known = new Set(found.map(({ taskId }) => taskId))
      for (const taskId of seen.keys()) {
        if (known.has(taskId)) continue
        // The gateway forgets whose order a refused task was: it is of one of the POSTs that have none.
        const orphan = found.find((job) => job.taskId === null)
        if (orphan) orphan.taskId = taskId
        else found.push({ heard: 'refused', taskId, price: 0 })
      }
      return await Promise.all(found.map(async (job) => ({ ...job, ...(await stateOf(us, job)) })))
    },
    /** 0 where the account has what it was given less what its tasks cost. */
    async missing(given: number, us: Customer): Promise<number> {
      const balance = await patiently(() => us.credits())
      const { rows } = await database.query<{ paid: string }>(
        `select coalesce(-sum(delta), 0) as paid from billing.entry where account_id = $1 and kind <> 'grant'`,
        [accountId],
      )
      return given - Number(rows[0]?.paid ?? 0) - balance
    },
    [Symbol.asyncDispose]: () => database.end(),
  }

  async function isDownloadable(url: string): Promise<boolean> {
    const { ok } = await patiently(() => checkedFetch(check, url, { method: 'HEAD' }))
    return ok
  }

  async function stateOf(us: Customer, { taskId }: { taskId: string | null }) {
    if (taskId === null) return { status: null, isThere: false, run: null, charges: [], paid: 0 }
    const task = await patiently(() => readTask(us, taskId))
    const { rows: charges } = await database.query<JobFacts['charges'][number]>(
      `select generation, state, amount::int from billing.charge where task_id = $1 order by generation`,
      [taskId],
    )
    const { rows: lines } = await database.query<{ paid: number }>(
      `select coalesce(-sum(delta), 0)::int as paid from billing.entry where task_id = $1 and generation is not null`,
      [taskId],
    )
    const run = await patiently(() => statusOf(taskId))
    const isThere = task?.result?.url ? await isDownloadable(task.result.url) : false
    const status = task?.status ?? null
    return { status, isThere, run: run?.status ?? null, charges, paid: lines[0]?.paid ?? 0 }
  }
}

async function answerOf(
  us: Customer,
  url: string,
  factor: string,
): ReturnType<() => Posted['answer']> {
  try {
    const { status, body } = await us.upscale({ video_url: url, upscale_factor: factor })
    return status === 200
      ? { heard: 'admitted', taskId: (body.data as Created).id }
      : { heard: 'refused', taskId: null }
  } catch (error) {
    if ((error as Error).name !== 'TypeError') throw error // it was answered, and wrongly
    return { heard: 'cut', taskId: null }
  }
}

async function readTask(us: Customer, taskId: string): Promise<Task | null> {
  const { status, body } = await us.call('GET', `/tasks/${taskId}`)
  if (status === 200) return body.data as Task
  if (status === 404) return null
  throw new Error(`GET of ${taskId} answered ${status}`)
}
