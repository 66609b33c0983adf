import { readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import type { StackInfo } from './operator.ts'
import { until } from './patiently.ts'

interface Row {
  service: string
  state: string
  pid: number | null
}

interface PendingActivity {
  activityType?: { name?: string | null } | null
  state?: unknown
  heartbeatDetails?: { payloads?: { data?: Uint8Array | null }[] | null } | null
}

export type Hands = ReturnType<typeof openHands>

/** What it takes to hold a job at a stage and to know where it stands; all of it from outside. */
export function openHands(stack: StackInfo) {
  const rows = async (): Promise<Row[]> => {
    const record = await readFile(join(stack.state, 'stack.json'), 'utf8')
    return (JSON.parse(record) as { rows: Row[] }).rows
  }
  const held = new Set<() => Promise<void>>()
  const keep = (release: () => Promise<void>) => {
    const letGo = async () => {
      if (held.delete(letGo)) await release()
    }
    held.add(letGo)
    return letGo
  }
  const replaceFolder = async (folder: string, put: (folder: string) => Promise<void>) => {
    const aside = `${folder}-aside`
    const wasThere = await rename(folder, aside).then(
      () => true,
      () => false,
    )
    await put(folder)
    return keep(async () => {
      await rm(folder)
      if (wasThere) await rename(aside, folder)
    })
  }
  const openClient = async () => {
    const client = new Client({ connectionString: stack.database })
    client.on('error', () => undefined) // its server may be killed
    await client.connect()
    return client
  }

  return {
    pidOf: async (service: string): Promise<number | null> =>
      (await rows()).find((row) => row.service === service)?.pid ?? null,

    /** Waits until everything runs; a service that was killed as another process than `before`. */
    allReady: (killed?: { service: string; before: number | null }) =>
      until('all services are ready', async () =>
        (await rows()).every(
          ({ service, state, pid }) =>
            (state === 'ready' || state === 'yours') &&
            (service !== killed?.service || pid !== killed.before),
        ),
      ),

    /** Keeps one row for itself once it is there, so that whoever wants to change it waits. */
    async holdRow(where: string, key: string): Promise<() => Promise<void>> {
      const client = await openClient()
      const letGo = keep(() => client.end())
      await client.query('begin')
      const query = `select 1 from ${where} = $1 for update`
      await until(
        'the row is there',
        async () => (await client.query(query, [key])).rowCount === 1,
        {
          everyMs: 10,
        },
      )
      return letGo
    },

    /** Waits until an app waits for a row that we hold. */
    async someoneWaits(role: 'billing_app' | 'gateway_app'): Promise<void> {
      const client = await openClient()
      const query = `select 1 from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'`
      try {
        await until(
          `${role} waits for a row`,
          async () => ((await client.query(query, [role])).rowCount ?? 0) > 0,
          { everyMs: 10 },
        )
      } finally {
        await client.end()
      }
    },

    /** An outage of our own: nothing can be written to this folder until it is given back. */
    takeFolder: (...path: string[]): Promise<() => Promise<void>> =>
      replaceFolder(join(stack.state, ...path), (folder) => writeFile(folder, '')),

    /** The same, and reading fails too: it leads to itself. */
    tangleFolder: (...path: string[]): Promise<() => Promise<void>> =>
      replaceFolder(join(stack.state, ...path), (folder) => symlink(folder, folder)),

    /** Lets go of what is still held: a job that did not come to its stage. */
    [Symbol.asyncDispose]: async () => {
      for (const letGo of held) await letGo()
    },
  }
}

const ACTIVITY_STARTED = 2

/** What the running upscale says of itself in its heartbeat; undefined: it does not run. */
export function stageOf(activities: readonly PendingActivity[]): string | undefined {
  const upscale = activities.find(({ activityType }) => activityType?.name === 'upscale')
  if (!upscale || Number(upscale.state) !== ACTIVITY_STARTED) return undefined
  const beat = upscale.heartbeatDetails?.payloads?.[0]?.data
  return beat ? (JSON.parse(Buffer.from(beat).toString()) as { stage: string }).stage : undefined
}

/** Lets every halted process of the stack go on. */
export async function wakeAll({ state }: StackInfo): Promise<void> {
  const record = await readFile(join(state, 'stack.json'), 'utf8')
  for (const { pid } of (JSON.parse(record) as { rows: Row[] }).rows)
    if (pid !== null) process.kill(pid, 'SIGCONT')
}
