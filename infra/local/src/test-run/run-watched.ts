import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { EXIT, Problem } from '../problem.ts'
import { endGroup, identityOf } from '../supervise/process-identity.ts'

export interface WatchedCommand {
  program: string
  args: readonly string[]
  cwd: string
  env: NodeJS.ProcessEnv
  onLine: (line: string, output: NodeJS.WriteStream) => void
  /** How long it may say nothing. */
  silentMs: number
  /** What its silence means, and what to do. */
  silenceMeans: string
  signal: AbortSignal
}

const GRACE_MS = 45_000 // a task runner gives its own tasks ten seconds; a whole stack may need thirty

/** Runs a command to its end and gives its exit code; one that hangs is ended with all that it started. */
export async function runWatched(command: WatchedCommand): Promise<number> {
  const { program, args, cwd, env, onLine, silentMs, silenceMeans, signal } = command
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, which can be ended as a whole
  })
  const closed = once(child, 'close') as Promise<[number | null]>
  let ended = Promise.resolve()
  const end = () => {
    const identity = child.pid === undefined ? undefined : identityOf(child.pid)
    if (identity) ended = endGroup(identity, GRACE_MS)
  }
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  let isHung = false
  const watch = setTimeout(() => {
    isHung = true
    end()
  }, silentMs)
  for (const [input, output] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const)
    createInterface({ input }).on('line', (line) => {
      watch.refresh()
      onLine(line, output)
    })
  const [code] = await closed
  clearTimeout(watch)
  await ended
  signal.throwIfAborted()
  if (isHung)
    throw new Problem(
      `Ended, since nothing was said for ${silentMs / 60_000} minutes: ${silenceMeans}.`,
    )
  return code ?? EXIT.unexpected
}
