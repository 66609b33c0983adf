import { execFile } from 'node:child_process'
import type { StackInfo } from './operator.ts'
import { ROOT } from './stack.ts'

/** How a command ended, and what it said. */
export interface Said {
  code: number
  stdout: string
  stderr: string
}

const OPS = ['--conditions=@upscale/source', 'infra/local/preflight.js', 'ops']

/** The operators' command line on one stack, run as people run it: a process for each command. */
export function opsCli({ state }: Pick<StackInfo, 'state'>, env: Record<string, string> = {}) {
  /** `words` are the arguments up to the reason, the one with spaces in it. */
  const run = (words: string, reason?: string): Promise<Said> =>
    new Promise((resolve, reject) => {
      const because = reason === undefined ? [] : ['--reason', reason]
      const child = execFile(
        process.execPath,
        [...OPS, '--state', state, ...words.split(' '), ...because],
        { cwd: ROOT, env: { ...process.env, ...env }, timeout: 60_000 },
        (error, stdout, stderr) => {
          const { exitCode } = child
          if (exitCode === null) reject(error ?? new Error(`${words} was killed`))
          else resolve({ code: exitCode, stdout, stderr })
        },
      )
    })
  const succeed = async (words: string, reason?: string): Promise<string> => {
    const { code, stdout, stderr } = await run(words, reason)
    if (code === 0 && stderr === '') return stdout
    throw new Error(`${words} ended with ${code}: ${stderr}${stdout}`)
  }
  return {
    run,
    /** What a command prints that succeeds. */
    succeed,
    /** Its answer for scripts. */
    read: async <Answer>(words: string, reason?: string): Promise<Answer> =>
      JSON.parse(await succeed(`${words} --json`, reason)) as Answer,
  }
}
