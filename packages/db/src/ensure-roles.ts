import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseError } from 'pg'
import type { Client } from 'pg'
import { scramVerifier } from './scram-verifier.ts'

export interface SchemaRoles {
  /** Owns the schema; nobody logs in as it, migrations run as it. */
  owner: string
  /** What the app logs in as. */
  app: string
  /** For dashboards: may see what the migrations grant it. */
  read: string
}

export const rolesOf = (schema: string): SchemaRoles => ({
  owner: `${schema}_owner`,
  app: `${schema}_app`,
  read: `${schema}_read`,
})

/**
 * Makes the roles of a schema, or brings them up to date. Roles belong to the whole server, so databases
 * that migrate at the same moment may collide here: who loses tries again.
 */
export async function ensureRoles(
  admin: Client,
  roles: SchemaRoles,
  appPassword: string,
): Promise<void> {
  await ensureRole(admin, roles.owner, 'nologin')
  await ensureRole(admin, roles.read, 'nologin')
  await ensureRole(admin, roles.app, `login password '${scramVerifier(appPassword)}'`)
  await untilAlone(async () => {
    const { rows } = await admin.query<{ may: boolean }>(
      `select pg_has_role(current_user, $1, 'set') as may`,
      [roles.owner],
    )
    // An administrator that is no superuser makes a role without being one of its members.
    if (!rows[0]?.may) await admin.query(`grant ${roles.owner} to current_user with set true`)
  })
}

const ensureRole = (admin: Client, role: string, attributes: string) =>
  untilAlone(async () => {
    const known = await admin.query('select from pg_roles where rolname = $1', [role])
    await admin.query(`${known.rowCount ? 'alter' : 'create'} role ${role} with ${attributes}`)
  })

const RACE_LOST = ['23505', '42710', 'XX000'] // the last one is "tuple concurrently updated"
const TRIES = 20
const PAUSE_MS = 50

async function untilAlone(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work()
      return
    } catch (error) {
      if (tries === TRIES || !lostRace(error)) throw error
      await sleep(PAUSE_MS * Math.random())
    }
  }
}

const lostRace = (error: unknown): boolean =>
  error instanceof DatabaseError && RACE_LOST.includes(error.code ?? '')
