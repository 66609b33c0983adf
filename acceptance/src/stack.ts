import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The repository, where people run its commands. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The line that says a stack is up, and where its parts are. */
export interface Ready {
  api: string
  /** Origins of the gateways themselves. */
  gateways: string[]
  key: string
  /** `program` is the Temporal CLI; null: a server of yours is used. */
  temporal: { address: string; namespace: string; ui: string; program: string | null }
  database: string
}

export interface StackOptions {
  /** Where this stack keeps its state. */
  state: string
  /** Its API port; the rest lies right behind it. */
  port: number
  env?: Record<string, string>
  args?: readonly string[]
}

/** A whole stack as a child process, started as a person does. */
export async function startStack({ state, port, env = {}, args = [] }: StackOptions) {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@upscale/source',
      'infra/local/preflight.js',
      'start',
      '--json',
      '--state',
      state,
      '--port',
      String(port),
      '--with-stdin', // so that a killed test run leaves no stack
      ...args,
    ],
    { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const ready = await firstReady(child)
  return {
    ...ready,
    async stop() {
      child.kill('SIGINT')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

async function firstReady(child: ChildProcess): Promise<Ready> {
  const said: string[] = []
  const ready = Promise.withResolvers<Ready>()
  child.once('exit', (code) => {
    ready.reject(new Error(`The stack ended with ${code}: ${said.slice(-20).join('\n')}`))
  })
  if (!child.stdout) throw new Error('The stack has no output')
  // Read on to its end: a full pipe would stop the stack.
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line)
    if (said.length > 50) said.shift()
    if (line.startsWith('{"ready":true')) ready.resolve(JSON.parse(line) as Ready)
  })
  return await ready.promise
}
