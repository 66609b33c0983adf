import { connect } from 'node:net'
import { Problem } from './problem.ts'

const namedPorts = (base: number) => ({
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

type NamedPorts = ReturnType<typeof namedPorts>
export type PortName = keyof NamedPorts

/** Where a gateway beside the first one listens. */
export interface GatewayPorts {
  name: string
  api: number
  internal: number
}

export interface Ports extends NamedPorts {
  furtherGateways: readonly GatewayPorts[]
}

export const DEFAULT_PORT = 4000
const NAMED = 11
export const MAX_GATEWAYS = 4
const HIGHEST_BASE = 65_535 - NAMED - 2 * (MAX_GATEWAYS - 1) + 1

/** Every port of a stack, all on 127.0.0.1: the API at `base`, the rest right after it. */
export const portsOf = (base: number, gateways = 1): Ports => ({
  ...namedPorts(base),
  furtherGateways: Array.from({ length: gateways - 1 }, (_, place) => {
    const api = base + NAMED + 2 * place
    return { name: `gateway-${place + 2}`, api, internal: api + 1 }
  }),
})

/** How many gateways a person typed. */
export function readGateways(text: string): number {
  const gateways = Number(text)
  if (!Number.isInteger(gateways) || gateways < 1 || gateways > MAX_GATEWAYS)
    throw new Problem(`--gateways must be a whole number from 1 to ${MAX_GATEWAYS}.`, 2)
  return gateways
}

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

const NAMES: Record<PortName, string> = {
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
    `Port ${port}, meant for ${use}, is taken by another program: stop that program, or choose other ports with --port N (${NAMED} ports from N are used, and two more for each further gateway).`,
  )

/** Throws one sentence for the first port that somebody else holds. */
export async function checkPorts(ports: Ports, wanted: readonly PortName[]): Promise<void> {
  const uses = [
    ...wanted.map((name) => ({ port: ports[name], use: NAMES[name] })),
    ...ports.furtherGateways.flatMap(({ name, api, internal }) => [
      { port: api, use: `the API of ${name}` },
      { port: internal, use: `the health of ${name}` },
    ]),
  ]
  const taken = await Promise.all(uses.map(({ port }) => isPortTaken(port)))
  const first = uses[taken.indexOf(true)]
  if (first !== undefined) throw takenPort(first.port, first.use)
}
