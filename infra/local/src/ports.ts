import { connect } from 'node:net'
import { Problem } from './problem.ts'

/** Every port of a stack, all on 127.0.0.1: the API at `base`, the rest right after it. */
export const portsOf = (base: number) => ({
  api: base,
  gatewayInternal: base + 1,
  gatewayWorkerInternal: base + 2,
  billing: base + 3,
  orchestratorInternal: base + 4,
  mediaProbeInternal: base + 5,
  upscaleWorkerInternal: base + 6,
  samples: base + 7,
  postgres: base + 8,
  temporal: base + 9,
  temporalUi: base + 10,
})

export type Ports = ReturnType<typeof portsOf>
export const DEFAULT_PORT = 4000
const HIGHEST_BASE = 65_535 - 10

/** The base port that a person typed. */
export function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1024 || port > HIGHEST_BASE)
    throw new Problem(`--port must be a whole number from 1024 to ${HIGHEST_BASE}.`, 2)
  return port
}

/** Whether something accepts connections at this port of 127.0.0.1. */
export const isPortTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const answer = (taken: boolean) => {
      socket.destroy()
      resolve(taken)
    }
    socket.once('connect', () => answer(true)).once('error', () => answer(false))
  })

const NAMES: Record<keyof Ports, string> = {
  api: 'the API',
  gatewayInternal: "the gateway's health",
  gatewayWorkerInternal: "the gateway worker's health",
  billing: 'billing',
  orchestratorInternal: "the orchestrator's health",
  mediaProbeInternal: "media-probe's health",
  upscaleWorkerInternal: "the upscale worker's health",
  samples: 'sample files',
  postgres: 'PostgreSQL',
  temporal: 'Temporal',
  temporalUi: 'the Temporal UI',
}

export const takenPort = (port: number, use: string): Problem =>
  new Problem(
    `Port ${port}, meant for ${use}, is taken by another program: stop that program, or choose other ports with --port N (${Object.keys(NAMES).length} ports from N are used).`,
  )

/** Throws one sentence for the first port that somebody else holds. */
export async function checkPorts(ports: Ports, wanted: readonly (keyof Ports)[]): Promise<void> {
  const taken = await Promise.all(wanted.map((name) => isPortTaken(ports[name])))
  const first = wanted[taken.indexOf(true)]
  if (first !== undefined) throw takenPort(ports[first], NAMES[first])
}
