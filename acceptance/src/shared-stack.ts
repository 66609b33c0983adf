import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { StackInfo } from './operator.ts'

export interface SharedStack extends StackInfo {
  /** Where the tests' customer keeps videos; the stack is told to allow it. */
  customerPort: number
  /** Allowed too, and nobody listens there. */
  deadPort: number
}

/** How many gateways stand behind the one address of `api`. */
export const GATEWAYS = 2

/** The stack that the whole run shares; started before the first test file. */
export function sharedStack(): SharedStack {
  const file = process.env['UPSCALE_STACK_FILE']
  if (!file) throw new Error('No stack: run the tests through pnpm test')
  return JSON.parse(readFileSync(file, 'utf8')) as SharedStack
}

const STACK_PORTS = 11 + 2 * (GATEWAYS - 1)

/** Ports for a stack and its customers that nobody uses, whatever else runs on this machine. */
export async function findPorts() {
  for (let port = 24_900; port < 32_000; port += 20) {
    const wanted = Array.from({ length: STACK_PORTS + 3 }, (_, offset) => port + offset)
    const taken = await Promise.all(wanted.map(isTaken))
    const next = port + STACK_PORTS
    if (!taken.includes(true))
      return { port, publicPort: next, customerPort: next + 1, deadPort: next + 2 }
  }
  throw new Error('No free ports between 24900 and 32000')
}

const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const answer = (taken: boolean) => {
      socket.destroy()
      resolve(taken)
    }
    socket.once('connect', () => answer(true)).once('error', () => answer(false))
  })
