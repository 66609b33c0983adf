import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { BillingDb } from '../../src/db/schema/index.ts'

/** Administrator's URL of the PostgreSQL server that may be killed, and comes back by itself. */
export function crashServerUrl(env: NodeJS.ProcessEnv): string {
  const url = env['TEST_CRASH_DATABASE_URL']
  if (url) return url
  throw new Error(
    'TEST_CRASH_DATABASE_URL is not set: run service tests through `pnpm test`, or let it name a ' +
      'PostgreSQL server that may be killed with kill -9 and is started again by itself',
  )
}

const BACK_WITHIN_MS = 60_000

/** kill -9 of the PostgreSQL server that this administrator is connected to; done when it answers again. */
export async function killServer(admin: BillingDb): Promise<void> {
  const folder = await dataFolder(admin)
  const pid = await serverPid(folder)
  if (pid === undefined) throw new Error(`no PostgreSQL of this machine runs in ${folder}`)
  process.kill(pid, 'SIGKILL')
  const deadline = Date.now() + BACK_WITHIN_MS
  for (;;) {
    await sleep(50)
    if ((await isUp(admin)) && (await serverPid(folder)) !== pid) return
    if (Date.now() > deadline) throw new Error('the killed PostgreSQL server did not come back')
  }
}

async function dataFolder(admin: BillingDb): Promise<string> {
  const { rows } = await sql<{ dataDirectory: string }>`show data_directory`.execute(admin)
  return rows[0]?.dataDirectory ?? ''
}

async function serverPid(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  return pid > 1 ? pid : undefined // 0 and 1 are no server, and a kill of 0 would hit ourselves
}

const isUp = (admin: BillingDb): Promise<boolean> =>
  sql`select 1`.execute(admin).then(
    () => true,
    () => false,
  )
