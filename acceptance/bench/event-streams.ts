import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'pg'
import { median, ms, percentile, report } from '@upscale/testing'
import type { OwnTask } from './status-read.ts'

const STREAMS_A_TASK = 20 // the limit of an account
const ROUNDS = 20

interface Place {
  api: string
  database: string
  /** Process id of the gateway. */
  gateway: number
}

/** Open event streams: their memory, and how long an event takes to the last of them. */
export async function benchEventStreams(
  { api, database, gateway }: Place,
  tasks: readonly OwnTask[],
): Promise<void> {
  const pool = new Pool({ connectionString: database, max: 1 })
  const ids = tasks.map(({ id }) => id)
  await pool.query(UNFINISHED, [ids])
  const arrivals = new Map<number, number>()
  const before = await residentBytes(gateway)
  const requests: ClientRequest[] = []
  for (const task of tasks) {
    const opened = Array.from({ length: STREAMS_A_TASK }, () => open(api, task, arrivals))
    requests.push(...(await Promise.all(opened)))
  }
  await sleep(1_000) // what was replayed is out
  const streams = requests.length
  const perStream = ((await residentBytes(gateway)) - before) / streams
  report(`${streams} open event streams, memory of each`, `${(perStream / 1024).toFixed(0)} KiB`)

  const delays: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    arrivals.clear()
    const began = Date.now()
    await pool.query(PROGRESS, [ids, (round + 1) / 100])
    while ([...arrivals.values()].reduce((sum, n) => sum + n, 0) < streams) {
      if (Date.now() - began > 10_000) throw new Error('An event did not reach every stream')
      await sleep(1)
    }
    delays.push(Math.max(...arrivals.keys()) - began)
  }
  report(
    `an event of every task at once, to the last of ${streams}`,
    `p50 ${ms(median(delays))}, worst ${ms(percentile(delays, 1))}`,
  )
  for (const request of requests) request.destroy()
  await pool.end()
}

async function open(
  api: string,
  { id, key }: OwnTask,
  arrivals: Map<number, number>,
): Promise<ClientRequest> {
  const request = get(`${api}/api/v1/tasks/${id}/events`, {
    agent: new Agent(),
    headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream' },
  })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  if (response.statusCode !== 200) throw new Error(`A stream answered ${response.statusCode}`)
  response.setEncoding('utf8').on('data', (text: string) => {
    const events = text.split('event: task.').length - 1
    const at = Date.now()
    if (events > 0) arrivals.set(at, (arrivals.get(at) ?? 0) + events)
  })
  response.on('error', () => undefined) // we cut it in the end
  request.on('error', () => undefined)
  return request
}

const UNFINISHED = `
  update gateway.task set status = 'processing', stage = 'upscaling', progress = 0, completed_at = null,
    created_at = now(), parked_at = now() where task_id = any ($1)` // parked: nobody asks Temporal for its progress

/** As the watcher writes it, for all the tasks in one commit. */
const PROGRESS = `
  with saved as (
    update gateway.task set progress = $2, event_seq = event_seq + 1 where task_id = any ($1)
    returning *),
  dropped as (delete from gateway.task_event where task_id = any ($1) and type = 'task.progress'),
  event as (
    insert into gateway.task_event (task_id, seq, type, at, body)
    select task_id, event_seq, 'task.progress', now(), json_build_object('status', status, 'stage', stage,
      'progress', progress, 'eta_seconds', null, 'queue_position', null) from saved
    returning *)
  select pg_notify('task_event', json_build_object('taskId', task_id, 'seq', seq, 'type', type,
    'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'body', body)::text) from event`

/** Linux only. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) * 1024
}
