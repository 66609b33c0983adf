import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Problem } from '../problem.ts'
import { endGroup, identityOf, signalGroup } from './process-identity.ts'
import type { Launched, Service } from './service.ts'

export interface ChildServiceOptions extends Pick<Service, 'name' | 'url' | 'health' | 'ready'> {
  command: string
  args: readonly string[]
  cwd?: string
  env?: NodeJS.ProcessEnv
  onLine: (line: string) => void
  /** How long it may take to finish its work when it is asked to stop. */
  graceMs: number
}

const TAIL_LINES = 12 // a stack trace of Node with its message

/** A service that is a child process, with a process group of its own so that Ctrl-C reaches only us. */
export function childService(options: ChildServiceOptions): Service {
  const tail: string[] = []
  const onLine = (line: string) => {
    tail.push(line)
    if (tail.length > TAIL_LINES) tail.shift()
    options.onLine(line)
  }
  return {
    name: options.name,
    url: options.url,
    health: options.health,
    ready: options.ready,
    lastWords: () => tail.join('\n'),
    launch: () => launchChild({ ...options, onLine }),
    async stop({ pid, exited }) {
      const identity = identityOf(pid)
      if (identity) await endGroup(identity, options.graceMs)
      await exited
    },
  }
}

async function launchChild(options: ChildServiceOptions): Promise<Launched> {
  const { name, command, args, cwd, env, onLine } = options
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
    ...(env && { env }),
  })
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    child.once('error', (error) => resolve(error.message))
  })
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', onLine)
  const { pid } = child
  if (pid === undefined) throw new Problem(`${name} does not start: ${await exited}`)
  // A tool that a killed service was running must not go on without it.
  return { pid, exited: exited.finally(() => signalGroup(pid, 'SIGKILL')) }
}
