import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { Pool } from 'pg'
import type { Ready } from './stack.ts'

/** What the tests know of a running stack. */
export interface StackInfo extends Ready {
  state: string
  port: number
}

interface Process {
  pid: number
}

const WHY = { reason: 'for a test', actor: 'tests' }

export type Operator = Awaited<ReturnType<typeof openOperator>>

/** The hands of those who run the service: internal HTTP ports, Temporal, the processes themselves. */
export async function openOperator(stack: StackInfo) {
  const secrets = JSON.parse(await readFile(join(stack.state, 'secrets.json'), 'utf8')) as {
    billingSecret: string
    gatewaySecret: string
  }
  const connection = await Connection.connect({ address: stack.temporal.address })
  const temporal = new Client({ connection, namespace: stack.temporal.namespace })
  const database = new Pool({ connectionString: stack.database, max: 2 })
  database.on('error', () => undefined) // tests kill the server

  const call = async (port: number, secret: string, path: string, body?: unknown) => {
    const res = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!res.ok) throw new Error(`${path} answered ${res.status}: ${await res.text()}`)
    return (res.status === 204 ? {} : await res.json()) as Record<string, unknown>
  }
  const billing = (path: string, body?: unknown) =>
    call(stack.port + 3, secrets.billingSecret, path, body)
  const gateway = (path: string, body?: unknown) =>
    call(stack.port + 1, secrets.gatewaySecret, path, body)

  const pidOf = async (service: string): Promise<number> => {
    if (service === 'postgres') return await postgresPid(stack.state)
    const book = await readFile(join(stack.state, 'processes.json'), 'utf8')
    const found = (JSON.parse(book) as Record<string, Process>)[service]
    if (!found) throw new Error(`No ${service} among ${book}`)
    return found.pid
  }

  const openTasks = async (): Promise<string[]> => {
    const open = await database.query<{ task_id: string }>(
      `select task_id from gateway.task_order where not exists (
         select 1 from gateway.task t where t.task_id = task_order.task_id and completed_at is not null)`,
    )
    return open.rows.map(({ task_id: id }) => id)
  }

  const openKey = async (customerId: string, livemode: boolean): Promise<Account> => {
    const made = await gateway('/internal/keys', { customerId, name: 'tests', livemode, ...WHY })
    return { id: String(made['id']), key: String(made['key']) }
  }

  return {
    temporal,
    billing,
    gateway,
    /** A customer of its own with a key and as many credits as wanted. */
    async openAccount(customerId: string, plan: string, credits: number): Promise<Account> {
      await billing('/customers', { customerId, plan })
      if (credits > 0) {
        const grant = { key: `test-${customerId}`, credits, purpose: 'pack', ...WHY }
        await billing(`/accounts/${customerId}:live/grants`, grant)
      }
      return await openKey(customerId, true)
    },
    /** A test key of a customer, who need not have a plan. */
    async openTestKey(customerId: string, plan = 'free'): Promise<string> {
      await billing('/customers', { customerId, plan })
      return (await openKey(customerId, false)).key
    },
    /** Takes effect within 5 s. */
    revokeKey: (id: string) => gateway(`/internal/keys/${id}/revoke`, WHY),
    async kill(service: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
      process.kill(await pidOf(service), signal)
    },
    /** The process that runs as a service now, and what it holds of the machine's memory. */
    async memoryOf(service: string): Promise<{ pid: number; bytes: number }> {
      const pid = await pidOf(service)
      const [, pages = '0'] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')
      return { pid, bytes: Number(pages) * 4096 }
    },
    /** Accounts and tasks whose books do not add up, and what the reconciler found and could not mend. */
    async brokenBooks(): Promise<unknown[]> {
      const accounts = await database.query('select * from billing.audit_account where not ok')
      const tasks = await database.query('select * from billing.audit_task where not ok')
      const findings = await database.query('select * from billing.finding')
      return [...accounts.rows, ...tasks.rows, ...findings.rows]
    },
    async chargesOf(taskId: string): Promise<string[]> {
      const charges = await database.query<{ state: string }>(
        'select state from billing.charge where task_id = $1 order by generation',
        [taskId],
      )
      return charges.rows.map(({ state }) => state)
    },
    async debitsOf(customerId: string): Promise<number> {
      const entries = await database.query(
        `select 1 from billing.entry where account_id = $1 and kind = 'debit'`,
        [`${customerId}:live`],
      )
      return entries.rowCount ?? 0
    },
    /** Shows a failed task as delivered, with the result of another one, as only an administrator can. */
    async forgeDelivery(taskId: string, model: string): Promise<void> {
      const forged = await database.query(
        `update gateway.task t set status = 'completed', stage = 'done', progress = 1, error = null,
           output_key = m.output_key, output = m.output, expires_at = m.expires_at
         from gateway.task m where t.task_id = $1 and m.task_id = $2`,
        [taskId, model],
      )
      if (forged.rowCount !== 1) throw new Error(`There is no task ${taskId} or ${model}`)
    },
    /** Quotes hold for 15 minutes: this one is older. */
    async quoteGrewOld(quoteId: string): Promise<void> {
      await database.query(
        `update gateway.quote set expires_at = now() - interval '1 second' where quote_id = $1`,
        [quoteId],
      )
    },
    /** An hour is over for a place to upload to. */
    async uploadGrewOld(key: string): Promise<void> {
      await database.query(
        `update gateway.upload set put_until = now() - interval '1 second' where object_key = $1`,
        [key],
      )
    },
    /** A month is over for a result. */
    async resultGrewOld(taskId: string): Promise<void> {
      await database.query(
        `update gateway.task set expires_at = now() - interval '1 second' where task_id = $1`,
        [taskId],
      )
    },
    /** Has so many orders of an account stand for today already. */
    async orderedToday(accountId: string, count: number): Promise<void> {
      await database.query(
        `insert into gateway.task_order (task_id, account_id, livemode, request_id, model, video_url,
             upscale_factor, metadata, created_at)
           select 'task_' || md5($1 || n), $1, true, 'req_' || n, 'topaz-video-upscale',
             'https://cdn.example/clip.mp4', '2', '{}', date_trunc('day', now(), 'UTC')
           from generate_series(1, $2::int) n`,
        [accountId, count],
      )
    },
    /** What the object store has of a task's results. */
    storedFilesOf: async (taskId: string): Promise<string[]> =>
      await readdir(join(stack.state, 'objects', 'results', taskId)).catch(() => []),
    /** A pass of something that runs by the clock. */
    runSchedule: (scheduleId: string) => temporal.schedule.getHandle(scheduleId).trigger(),
    /** Ids of the tasks that were ordered and have not ended. */
    openTasks,
    /** The task of a POST that is still under way. */
    async nextTask(known: ReadonlySet<string>): Promise<string> {
      for (let tries = 0; tries < 500; tries += 1) {
        const found = (await openTasks()).find((id) => !known.has(id))
        if (found) return found
        await sleep(5)
      }
      throw new Error('No workflow was started')
    },
    async allWorkflowsClosed(): Promise<void> {
      for (let tries = 0; tries < 900; tries += 1) {
        const { count } = await temporal.workflow.count(
          `ExecutionStatus = 'Running' and WorkflowType = 'upscaleVideo'`, // a webhook may wait for hours
        )
        if (count === 0) return
        await sleep(200)
      }
      throw new Error('A workflow is still running')
    },
    async [Symbol.asyncDispose]() {
      await database.end()
      await connection.close()
    },
  }
}

export interface Account {
  id: string
  key: string
}

async function postgresPid(state: string): Promise<number> {
  const file = await readFile(join(state, 'postgres', 'data', 'postmaster.pid'), 'utf8')
  return Number(file.split('\n')[0])
}
