import { findFfmpeg } from '../find-ffmpeg.ts'
import { preparePostgres } from '../postgres/postgres-server.ts'
import { findTemporal } from '../temporal/find-temporal.ts'
import type { TemporalPlace } from '../temporal/temporal-server.ts'
import { DEFAULT_NAMESPACE, temporalService } from '../temporal/temporal-service.ts'
import type { Step, StepTable } from '../steps/run-steps.ts'
import type { Service, ServiceRow } from '../supervise/service.ts'
import { postgresService } from '../supervise/postgres-service.ts'
import { ensureAccount } from './account.ts'
import type { AccountKeys } from './account.ts'
import { appService, healthUrl } from './app-service.ts'
import {
  billingApp,
  gatewayApps,
  mediaProbeApp,
  orchestratorApp,
  upscaleWorkerApp,
} from './apps.ts'
import type { AppPlan, StackPlan } from './apps.ts'
import { makeBundle } from './make-bundle.ts'
import { migrate } from './migrate.ts'
import type { Crew } from './crew.ts'
import { checkYourDatabase, prepareYourTemporal, yourRow } from './your-servers.ts'

/** What set-up finds out, by the step that does. */
export interface StackFacts {
  ffmpeg: void
  /** null: a server of yours is used. */
  temporalProgram: string | null
  bundle: void
  /** The administrator's URL. */
  database: string
  billingTables: void
  gatewayTables: void
  temporal: TemporalPlace & { ui: string | null }
  billing: void
  gateway: void
  gatewayWorker: void
  orchestrator: void
  mediaProbe: void
  upscaleWorker: void
  account: AccountKeys
}

const step = <Found, Need extends keyof StackFacts>(
  given: Step<StackFacts, Found, Need>,
): Step<StackFacts, Found> => given

/** Everything from an empty folder to an account with a key; what does not need each other runs together. */
export function startSteps(
  plan: StackPlan,
  hands: {
    crew: Crew
    lineOf: (service: string) => (line: string) => void
    without: readonly string[]
    say: (text: string) => void
  },
): StepTable<StackFacts> {
  const { ports, state } = plan
  const { crew, lineOf, without, say } = hands
  const run = (service: Service, signal: AbortSignal) => crew.start(service, signal)
  const runApp = async (app: AppPlan, signal: AbortSignal) => {
    if (without.includes(app.name)) crew.list(absentRow(app))
    else await run(appService(app, lineOf(app.name)), signal)
  }

  return {
    ffmpeg: step({
      title: 'ffmpeg',
      why: 'finds the programs that read and write video',
      mayTake: 'at once; 1 min where it is installed first',
      needs: [],
      run: (_found, progress) => findFfmpeg(progress),
    }),
    temporalProgram: step({
      title: 'Temporal program',
      why: 'finds, downloads or builds the server that runs every job',
      mayTake: 'at once when kept; 1 min to download, 4–8 min to build, once per machine',
      needs: [],
      run: (_found, progress) =>
        process.env['TEMPORAL_ADDRESS'] ? Promise.resolve(null) : findTemporal(progress),
    }),
    bundle: step({
      title: 'Workflow bundle',
      why: 'compiles the workflow code for its sandbox',
      mayTake: '1 s when unchanged, else 20 s',
      needs: [],
      run: (_found, progress) => makeBundle(progress),
    }),
    database: step({
      title: 'PostgreSQL',
      why: 'starts the database of accounts and tasks',
      mayTake: '1–3 s',
      needs: [],
      async run(_found, { signal }) {
        const given = process.env['DATABASE_URL']
        if (given) {
          crew.list(yourRow('postgres', await checkYourDatabase(given)))
          return given
        }
        const server = await preparePostgres({
          folder: state.postgres,
          port: ports.postgres,
          signal,
        })
        if (server.place !== state.postgres)
          say(
            `The database is kept in ${server.place}, since its user cannot enter ${state.root}: to begin anew, stop the stack and delete both.`,
          )
        await run(postgresService(server, ports.postgres), signal)
        return server.adminUrl
      },
    }),
    billingTables: step({
      title: 'Billing tables',
      why: 'brings the ledger to the newest migration, as its owner',
      mayTake: '1–3 s',
      needs: ['database'],
      run: ({ database }, { signal }) => migrate('billing', database, signal),
    }),
    gatewayTables: step({
      title: 'Gateway tables',
      why: 'brings keys and tasks to the newest migration, as their owner',
      mayTake: '1–3 s',
      needs: ['database'],
      run: ({ database }, { signal }) => migrate('gateway', database, signal),
    }),
    temporal: step({
      title: 'Temporal',
      why: 'starts the server with its web page; its state is a file, so no job is lost',
      mayTake: '1–3 s',
      needs: ['temporalProgram'],
      async run({ temporalProgram }, { signal }) {
        if (temporalProgram === null) return await yourTemporal(crew)
        const options = { port: ports.temporal, uiPort: ports.temporalUi, file: state.temporalDb }
        const onLine = lineOf('temporal')
        await run(temporalService({ program: temporalProgram, ...options, onLine }), signal)
        const ui = `http://127.0.0.1:${ports.temporalUi}`
        return { address: `127.0.0.1:${ports.temporal}`, namespace: DEFAULT_NAMESPACE, ui }
      },
    }),
    billing: step({
      title: 'billing',
      why: 'starts the only writer of money',
      mayTake: '2–5 s',
      needs: ['billingTables', 'temporal', 'database'],
      run: ({ temporal, database }, { signal }) =>
        runApp(billingApp(plan, temporal, database), signal),
    }),
    gateway: step({
      title: 'gateway',
      why: 'starts the public API',
      mayTake: '2–5 s',
      needs: ['gatewayTables', 'temporal', 'database'],
      run: ({ temporal, database }, { signal }) =>
        Promise.all(
          gatewayApps(plan, temporal, database).http.map((app) => runApp(app, signal)),
        ).then(() => undefined),
    }),
    gatewayWorker: step({
      title: 'gateway-worker',
      why: 'starts the writer of task rows and progress',
      mayTake: '2–5 s',
      needs: ['gatewayTables', 'temporal', 'database'],
      run: ({ temporal, database }, { signal }) =>
        runApp(gatewayApps(plan, temporal, database).worker, signal),
    }),
    orchestrator: step({
      title: 'orchestrator',
      why: 'starts the host of the workflows',
      mayTake: '2–5 s',
      needs: ['bundle', 'temporal'],
      run: ({ temporal }, { signal }) => runApp(orchestratorApp(plan, temporal), signal),
    }),
    mediaProbe: step({
      title: 'media-probe',
      why: 'starts the reader of video headers',
      mayTake: '2–5 s',
      needs: ['temporal'],
      run: ({ temporal }, { signal }) => runApp(mediaProbeApp(plan, temporal), signal),
    }),
    upscaleWorker: step({
      title: 'upscale-worker',
      why: 'starts the engine',
      mayTake: '2–5 s',
      needs: ['ffmpeg', 'temporal'],
      run: ({ temporal }, { signal }) => runApp(upscaleWorkerApp(plan, temporal), signal),
    }),
    account: step({
      title: 'Account',
      why: 'opens an account with credits and a key, so that you can call the API',
      mayTake: '1 s',
      needs: ['billing', 'gateway'],
      run: () => ensureAccount(plan),
    }),
  }
}

const absentRow = (app: AppPlan): ServiceRow => ({
  service: app.name,
  url: app.url,
  health: healthUrl(app),
  state: 'stopped',
  pid: null,
})

async function yourTemporal(crew: Crew): Promise<StackFacts['temporal']> {
  const address = process.env['TEMPORAL_ADDRESS'] ?? ''
  const place = { address, namespace: process.env['TEMPORAL_NAMESPACE'] || DEFAULT_NAMESPACE }
  await prepareYourTemporal(place)
  crew.list(yourRow('temporal', address))
  return { ...place, ui: null }
}
