import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../problem.ts'
import type { ProcessBook } from '../supervise/process-book.ts'
import { supervise } from '../supervise/supervisor.ts'
import type { Supervised } from '../supervise/supervisor.ts'
import type { Service, ServiceRow } from '../supervise/service.ts'
import { SERVICES } from './service-names.ts'

/** All services of a stack. */
export interface Crew {
  /** Starts one and waits until it is ready. */
  start(service: Service, signal: AbortSignal): Promise<ServiceRow>
  /** A line of the table for what is not ours to start. */
  list(row: ServiceRow): void
  rows(): ServiceRow[]
  /** The gateways first, then the other apps, then what they stand on. */
  stop(): Promise<void>
}

const START_WITHIN_MS = 120_000 // on a laptop that is busy with everything at once
const NAMES: readonly string[] = SERVICES
const placeOf = ({ service }: ServiceRow): number => NAMES.indexOf(service)

/** A gateway answers what has begun, which takes all others; then who works on the foundations. */
const FIRST_TO_STOP = SERVICES.filter((name) => /^gateway(-\d)?$/.test(name))
const LAST_TO_STOP = ['temporal', 'postgres']

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
      const ordered: string[] = [...FIRST_TO_STOP, ...LAST_TO_STOP]
      await stopAll(FIRST_TO_STOP)
      await stopAll([...members.keys()].filter((name) => !ordered.includes(name)))
      for (const name of LAST_TO_STOP) await stopAll([name])
    },
  }
}

async function tooLate(name: string, signal: AbortSignal): Promise<never> {
  await sleep(START_WITHIN_MS, undefined, { signal, ref: false })
  throw new Problem(`${name} is not ready after ${START_WITHIN_MS / 1000} s: its log says why.`)
}
