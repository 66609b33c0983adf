import { runOps } from '../src/run-ops.ts'
import type { PlayingGateway } from './playing-gateway.ts'

export interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Runs a command against a gateway, as Ann at 2026-11-24 12:00 UTC, without a local stack. */
export async function ops(gateway: PlayingGateway | null, ...args: string[]): Promise<Ended> {
  const env = gateway && {
    UPSCALE_GATEWAY_INTERNAL_URL: gateway.url,
    UPSCALE_GATEWAY_SECRET: 'secret',
  }
  return await opsIn({ ...env }, '/no/such/state', ...args)
}

/** The same with these variables and this state folder. */
export async function opsIn(
  env: Record<string, string>,
  stateFolder: string,
  ...args: string[]
): Promise<Ended> {
  const ended = { stdout: '', stderr: '' }
  const into = (name: keyof typeof ended) => ({
    write: (text: string) => {
      ended[name] += text
    },
  })
  const code = await runOps(args, {
    env,
    cwd: '/',
    stateFolder,
    stdout: into('stdout'),
    stderr: into('stderr'),
    userName: () => 'ann',
    now: () => new Date('2026-11-24T12:00:00Z'),
  })
  return { code, ...ended }
}
