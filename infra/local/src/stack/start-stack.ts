import { openLogFile } from '../output/log-file.ts'
import { readLogLine } from '../output/log-line.ts'
import type { LogLine } from '../output/log-line.ts'
import type { ReadyStack, Reporter } from '../output/reporter.ts'
import { checkPorts } from '../ports.ts'
import type { PortName, Ports } from '../ports.ts'
import { readSecrets } from '../secrets.ts'
import type { StateFolder } from '../state-folder.ts'
import { runSteps } from '../steps/run-steps.ts'
import { endLeftOvers, openProcessBook } from '../supervise/process-book.ts'
import { identityOf } from '../supervise/process-identity.ts'
import type { ServiceRow } from '../supervise/service.ts'
import { planStack } from './apps.ts'
import { createCrew } from './crew.ts'
import { startSampleServer } from './sample-server.ts'
import { removeStackRecord, writeStackRecord } from './stack-record.ts'
import { startSteps } from './start-steps.ts'

export interface Stack extends AsyncDisposable {
  ready: ReadyStack
  rows: readonly ServiceRow[]
}

/** Brings everything up on this state folder, whose lock the caller holds; or leaves nothing running. */
export async function startStack(options: {
  state: StateFolder
  ports: Ports
  reporter: Reporter
  signal: AbortSignal
  /** Names of apps that run elsewhere, or not at all. */
  without: readonly string[]
}): Promise<Stack> {
  const { state, ports, reporter, signal, without } = options
  await using undo = new AsyncDisposableStack()
  const left = await endLeftOvers(state.processes)
  if (left.length > 0) reporter.say(`Stopped what an earlier stack left: ${left.join(', ')}.`)
  await checkPorts(ports, portsToCheck(ports))

  const logFile = undo.use(openLogFile(state.log))
  const log = (line: LogLine) => {
    logFile.write(line)
    reporter.log(line)
  }
  const supervisor = identityOf(process.pid)
  if (!supervisor) throw new Error('This process does not find itself')
  let ready: ReadyStack | null = null
  const crew = createCrew(openProcessBook(state.processes), {
    change(row) {
      reporter.service(row)
      writeStackRecord(state, { supervisor, ready, rows: crew.rows() })
    },
    crash: (service, reason, nextMs) => log(crashLine(service, reason, nextMs)),
  })
  undo.defer(() => removeStackRecord(state))
  undo.use(await startSampleServer(state.samples, ports.samples))
  undo.defer(() => crew.stop())
  const samples = `http://127.0.0.1:${ports.samples}`
  crew.list({ service: 'samples', url: samples, health: null, state: 'ready', pid: null })

  const plan = planStack({ ports, secrets: readSecrets(state.secrets), state }, process.env)
  const lineOf = (service: string) => (text: string) => {
    if (text !== '') log(readLogLine(service, text, new Date()))
  }
  const steps = startSteps(plan, { crew, lineOf, without, say: reporter.say })
  const facts = await runSteps(steps, reporter.step, signal)
  const { temporalProgram: program, database, account } = facts
  const gateways = [ports, ...ports.furtherGateways].map(({ api }) => `http://127.0.0.1:${api}`)
  ready = {
    api: `http://127.0.0.1:${ports.api}`,
    gateways,
    ...account,
    temporal: { ...facts.temporal, program },
    database,
    samples,
  }
  writeStackRecord(state, { supervisor, ready, rows: crew.rows() })

  const running = undo.move()
  return {
    ready,
    rows: crew.rows(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** PostgreSQL may run on from before, and looks after its port itself. */
const portsToCheck = ({ furtherGateways: _further, ...named }: Ports): PortName[] =>
  (Object.keys(named) as PortName[]).filter(
    (name) =>
      name !== 'postgres' && !(process.env['TEMPORAL_ADDRESS'] && name.startsWith('temporal')),
  )

const crashLine = (service: string, reason: string, nextMs: number): LogLine => ({
  time: new Date().toISOString(),
  level: 'warn',
  service,
  msg: `${service} stopped (${reason}); it starts again in ${nextMs / 1000} s`,
})
