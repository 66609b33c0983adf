import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../problem.ts'
import type { ProcessBook } from '../supervise/process-book.ts'
import { supervise } from '../supervise/supervisor.ts'
import type { Supervised } from '../supervise/supervisor.ts'
import type { Service, ServiceRow } from '../supervise/service.ts'

/** All services of a stack. */
export interface Crew {
  /** Starts one and waits until it is ready. */
  start(service: Service, signal: AbortSignal): Promise<ServiceRow>
  /** A line of the table for what is not ours to start. */
  list(row: ServiceRow): void
  rows(): ServiceRow[]
  /** Apps first, then what they stand on. */
  stop(): Promise<void>
}

const START_WITHIN_MS = 120_000 // on a laptop that is busy with everything at once
/** The order of the table: what people open comes first. */
const PLACES = [
  'gateway',
  'gateway-worker',
  'billing',
  'orchestrator',
  'media-probe',
  'upscale-worker',
  'samples',
  'temporal',
  'postgres',
]
const placeOf = ({ service }: ServiceRow): number => PLACES.indexOf(service)

const FOUNDATIONS = ['temporal', 'postgres'] // in the order in which they stop

export function createCrew(
  book: ProcessBook,
  on: {
    change: (row: ServiceRow) => void
    crash: (service: string, reason: string, nextStartMs: number) => void
  },
): Crew {
  const members = new Map<string, Supervised>()
  const rows = new Map<string, ServiceRow>()
  const list = (row: ServiceRow) => {
    rows.set(row.service, row)
    on.change(row)
  }
  const stopAll = (names: readonly string[]) =>
    Promise.all(names.map(async (name) => await members.get(name)?.stop()))
  return {
    list,
    rows: () => [...rows.values()].toSorted((a, b) => placeOf(a) - placeOf(b)),
    async start(service, signal) {
      const member = supervise(service, { book, onChange: list, onCrash: on.crash })
      members.set(service.name, member)
      return await Promise.race([member.started, tooLate(service.name, signal)])
    },
    async stop() {
      await stopAll([...members.keys()].filter((name) => !FOUNDATIONS.includes(name)))
      for (const name of FOUNDATIONS) await stopAll([name])
    },
  }
}

async function tooLate(name: string, signal: AbortSignal): Promise<never> {
  await sleep(START_WITHIN_MS, undefined, { signal, ref: false })
  throw new Problem(`${name} is not ready after ${START_WITHIN_MS / 1000} s: its log says why.`)
}
