import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { APP_ROLE } from '../../src/db/migrate.ts'
import type { BillingDb } from '../../src/db/schema/index.ts'
import { killServer } from './crash-server.ts'

export interface Sabotage {
  /** Pause between two killed connections. */
  everyMs: number
  /** How often the whole server is killed, evenly over the lives. */
  serverKills: number
}

export interface Damage {
  connectionKills: number
  serverKills: number
}

/** Kills connections of the app, and the server, until `progress` (0–1) says that all lives are over. */
export async function sabotage(
  admin: BillingDb,
  { everyMs, serverKills }: Sabotage,
  progress: () => number,
): Promise<Damage> {
  const damage = { connectionKills: 0, serverKills: 0 }
  while (progress() < 1) {
    await sleep(everyMs)
    damage.connectionKills += await killConnection(admin)
    if (
      progress() * (serverKills + 1) >= damage.serverKills + 1 &&
      damage.serverKills < serverKills
    ) {
      await killServer(admin)
      damage.serverKills += 1
    }
  }
  return damage
}

/** One that is at work, if there is one. */
async function killConnection(admin: BillingDb): Promise<number> {
  const { rows } = await sql<{ killed: boolean }>`
    select pg_terminate_backend(pid) as killed from pg_stat_activity
    where datname = current_database() and usename = ${APP_ROLE}
    order by state = 'active' desc, random() limit 1`.execute(admin)
  return rows.filter(({ killed }) => killed).length
}
