import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { isPortTaken, takenPort } from '../ports.ts'
import { Problem } from '../problem.ts'
import { mustRun, runCommand } from '../run-command.ts'
import { postgresBinaries } from './postgres-binaries.ts'
import { placeFor, preparePostgresFolder } from './postgres-folder.ts'
import { postgresUser } from './postgres-user.ts'
import { runningPostmaster, untilNoRemains } from './postmaster.ts'

export interface PostgresServer {
  /** Folder of its files. */
  place: string
  /** URL of the administrator, database `upscale`. */
  adminUrl: string
  /** Starts the server, or finds that it runs. The process id of its first process. */
  start(): Promise<number>
  /** Ends sessions and stops; harmless where it does not run. */
  stop(): Promise<void>
}

const DATABASE = 'upscale'
const START_TRIES = 5

/** A PostgreSQL of our own in `folder`, on 127.0.0.1; it outlives us when we are killed, and is reused. */
export async function preparePostgres(options: {
  folder: string
  port: number
  signal?: AbortSignal
}): Promise<PostgresServer> {
  const user = postgresUser()
  const binaries = postgresBinaries(user)
  const place = placeFor(options.folder, user)
  const folder = await preparePostgresFolder(place, binaries, user, options.signal)
  const { port } = options
  const urlOf = (database: string) =>
    `postgres://postgres:${folder.password}@127.0.0.1:${port}/${database}`
  const control = (...args: string[]) =>
    [binaries.pgCtl, ['-D', folder.data, ...args], { cwd: '/', user }] as const

  const stop = async () => {
    if (runningPostmaster(folder.data))
      await mustRun('Stopping PostgreSQL', ...control('-m', 'fast', '-w', 'stop'))
  }
  const launch = async () => {
    if (await isPortTaken(port)) throw takenPort(port, 'PostgreSQL')
    await untilNoRemains(folder.data)
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', "unix_socket_directories=''"]
    const flags = settings.map((setting) => `-c ${setting}`).join(' ')
    // The sessions of a killed server need a moment to notice; until then it refuses to start.
    for (let tries = 1; ; tries += 1) {
      const result = await runCommand(...control('-w', '-l', folder.log, '-o', flags, 'start'))
      if (result.code === 0) return
      if (tries === START_TRIES)
        throw new Problem(`PostgreSQL does not start; its log says why: ${folder.log}`)
      await sleep(500)
    }
  }
  return {
    place,
    adminUrl: urlOf(DATABASE),
    stop,
    async start() {
      const before = runningPostmaster(folder.data)
      if (before && before.port !== port) await stop()
      if (before?.port !== port) await launch()
      await ensureDatabase(urlOf('postgres'))
      const now = runningPostmaster(folder.data)
      if (!now) throw new Problem(`PostgreSQL stopped at once; its log says why: ${folder.log}`)
      return now.pid
    },
  }
}

/** Stops the server that a stack which is gone has left in this folder. Whether there was one. */
export async function stopPostgresIn(folder: string): Promise<boolean> {
  const user = postgresUser()
  const data = join(placeFor(folder, user), 'data')
  if (!runningPostmaster(data)) return false
  const { pgCtl } = postgresBinaries(user)
  const args = ['-D', data, '-m', 'fast', '-w', 'stop']
  await mustRun('Stopping PostgreSQL', pgCtl, args, { cwd: '/', user })
  return true
}

/** The same, and its data goes as well. */
export async function removePostgresIn(folder: string): Promise<void> {
  await stopPostgresIn(folder)
  rmSync(placeFor(folder, postgresUser()), { recursive: true, force: true })
}

async function ensureDatabase(url: string): Promise<void> {
  const admin = new Client({ connectionString: url })
  await admin.connect()
  try {
    const known = await admin.query('select 1 from pg_database where datname = $1', [DATABASE])
    if (!known.rowCount) await admin.query(`create database ${DATABASE}`)
  } finally {
    await admin.end()
  }
}
