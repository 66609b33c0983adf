import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { findFfmpeg } from '../find-ffmpeg.ts'
import { tryLock } from '../lock.ts'
import type { Reporter } from '../output/reporter.ts'
import { preparePostgres, removePostgresIn } from '../postgres/postgres-server.ts'
import { inRepository } from '../repository.ts'
import { createCrew } from '../stack/crew.ts'
import type { Crew } from '../stack/crew.ts'
import { openStateFolder } from '../state-folder.ts'
import type { StateFolder } from '../state-folder.ts'
import { runSteps } from '../steps/run-steps.ts'
import type { Step } from '../steps/run-steps.ts'
import { postgresService } from '../supervise/postgres-service.ts'
import { endLeftOvers, openProcessBook } from '../supervise/process-book.ts'
import { findTemporal } from '../temporal/find-temporal.ts'
import { temporalService } from '../temporal/temporal-service.ts'

export interface TestServers extends AsyncDisposable {
  databaseUrl: string
  /** Of a second PostgreSQL, which tests kill: it comes back by itself. */
  crashDatabaseUrl: string
  temporalAddress: string
}

/** How tests and proofs learn of them. */
export const serverEnvironment = (servers: TestServers) => ({
  TEST_DATABASE_URL: servers.databaseUrl,
  TEST_CRASH_DATABASE_URL: servers.crashDatabaseUrl,
  TEST_TEMPORAL_ADDRESS: servers.temporalAddress,
})

interface TestFacts extends Pick<
  TestServers,
  'databaseUrl' | 'crashDatabaseUrl' | 'temporalAddress'
> {
  ffmpeg: unknown
  temporalProgram: string
}

/** The servers for one run of tests, on free ports, gone with all data after it. */
export async function startTestServers(
  reporter: Reporter,
  signal: AbortSignal,
): Promise<TestServers> {
  await using undo = new AsyncDisposableStack()
  const state = await openRunFolder(undo)
  const crew = createCrew(openProcessBook(state.processes), {
    change: () => {},
    crash: (service, reason) => reporter.say(`${service} stopped (${reason})`),
  })
  undo.defer(() => crew.stop())
  const temporalPort = await freePort()
  const databases = databasesIn(state)

  const { databaseUrl, crashDatabaseUrl, temporalAddress } = await runSteps<TestFacts>(
    {
      ffmpeg: {
        title: 'ffmpeg',
        why: 'finds the programs that read and write video',
        mayTake: 'at once; 1 min where it is installed first',
        needs: [],
        run: (_found, progress) => findFfmpeg(progress),
      },
      temporalProgram: {
        title: 'Temporal program',
        why: 'finds, downloads or builds the server that runs every job',
        mayTake: 'at once when kept; 1 min to download, 4–8 min to build, once per machine',
        needs: [],
        run: (_found, progress) => findTemporal(progress),
      },
      databaseUrl: {
        title: 'PostgreSQL',
        why: 'starts a database for the tests alone',
        mayTake: '1–3 s',
        needs: [],
        run: (_found, { signal }) => startDatabase(crew, { folder: databases.steady }, signal),
      },
      crashDatabaseUrl: {
        title: 'PostgreSQL to kill',
        why: 'starts a second one, for the tests that kill it; it comes back each time',
        mayTake: '1–3 s',
        needs: [],
        run: (_found, { signal }) =>
          startDatabase(crew, { folder: databases.toKill, isMeantToCrash: true }, signal),
      },
      temporalAddress: temporalStep(async (program, stop) => {
        await crew.start(temporalService({ program, port: temporalPort, onLine: () => {} }), stop)
        return `127.0.0.1:${temporalPort}`
      }),
    },
    reporter.step,
    signal,
  )
  const running = undo.move()
  return {
    databaseUrl,
    crashDatabaseUrl,
    temporalAddress,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

const databasesIn = (state: StateFolder) => ({
  steady: state.postgres,
  toKill: join(state.root, 'postgres-to-kill'),
})

async function startDatabase(
  crew: Crew,
  { folder, isMeantToCrash = false }: { folder: string; isMeantToCrash?: boolean },
  signal: AbortSignal,
): Promise<string> {
  const port = await freePort()
  const server = await preparePostgres({ folder, port, signal })
  const service = postgresService(server, port)
  const name = isMeantToCrash ? 'postgres-to-kill' : service.name
  await crew.start({ ...service, name, isMeantToCrash }, signal)
  return server.adminUrl
}

const temporalStep = (
  start: (program: string, signal: AbortSignal) => Promise<string>,
): Step<TestFacts, string> => ({
  title: 'Temporal',
  why: 'starts a server for the tests alone, in memory',
  mayTake: '1–3 s',
  needs: ['temporalProgram'],
  run: ({ temporalProgram }, { signal }) => start(temporalProgram, signal),
})

const RUNS = inRepository('.dev', 'test-runs')

async function openRunFolder(undo: AsyncDisposableStack): Promise<StateFolder> {
  mkdirSync(RUNS, { recursive: true })
  for (const name of readdirSync(RUNS)) await removeDeadRun(join(RUNS, name))
  const state = openStateFolder(await mkdtemp(join(RUNS, 'run-')))
  undo.defer(async () => {
    await removeDatabases(state)
    rmSync(state.root, { recursive: true, force: true })
  })
  const lock = tryLock(state.lock)
  if (lock) undo.use(lock)
  return state
}

/** A run that was killed has left its servers and data: nobody holds its lock. */
async function removeDeadRun(folder: string): Promise<void> {
  const state = openStateFolder(folder)
  using lock = tryLock(state.lock)
  if (!lock) return
  await endLeftOvers(state.processes)
  await removeDatabases(state)
  rmSync(folder, { recursive: true, force: true })
}

async function removeDatabases(state: StateFolder): Promise<void> {
  const { steady, toKill } = databasesIn(state)
  await removePostgresIn(steady)
  if (existsSync(toKill)) await removePostgresIn(toKill)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
