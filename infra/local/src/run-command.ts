import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { hasCode } from './error-code.ts'
import { Problem } from './problem.ts'

export interface CommandOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Runs as this user; only root may ask. */
  user?: { uid: number; gid: number } | undefined
  signal?: AbortSignal | undefined
  onLine?: (line: string) => void
}

export interface CommandResult {
  code: number
  /** Both streams, the last lines. */
  tail: string
  /** Standard output, whole. */
  stdout: string
}

const TAIL_LINES = 15

/** Runs a tool to its end. A missing tool gives code 127, as in a shell. */
export function runCommand(
  file: string,
  args: readonly string[],
  { cwd, env, user, signal, onLine }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd !== undefined && { cwd }),
      ...(env && { env }),
      ...(signal && { signal }),
      ...user,
    })
    const tail: string[] = []
    const out: string[] = []
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        if (stream === child.stdout) out.push(line)
        tail.push(line)
        if (tail.length > TAIL_LINES) tail.shift()
        onLine?.(line)
      })
    child.once('error', (error) =>
      hasCode(error, 'ENOENT')
        ? resolve({ code: 127, tail: `${file}: not found`, stdout: '' })
        : reject(error),
    )
    child.once('close', (code) =>
      resolve({ code: code ?? 1, tail: tail.join('\n'), stdout: out.join('\n') }),
    )
  })
}

/** The same, for a tool that has to succeed; `what` begins the sentence of the failure. */
export async function mustRun(
  what: string,
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, tail, stdout } = await runCommand(file, args, options)
  if (code !== 0) throw new Problem(`${what} failed with exit code ${code}:\n${tail}`)
  return stdout
}
