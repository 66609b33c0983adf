import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../problem.ts'
import { backOffMs } from './back-off.ts'
import type { ProcessBook } from './process-book.ts'
import type { Launched, Service, ServiceRow, ServiceState } from './service.ts'

export interface Supervision {
  book: ProcessBook
  onChange: (row: ServiceRow) => void
  /** Told when a service stopped without being asked to. */
  onCrash: (service: string, reason: string, nextStartMs: number) => void
}

export interface Supervised {
  /** Resolves at the first readiness; rejects where the service cannot even start. */
  started: Promise<ServiceRow>
  stop(): Promise<void>
}

const FAILED_STARTS = 3 // then a service that never worked is a problem to show, not to repeat
const STEADY_MS = 30_000 // who ran this long starts again with a short wait

/** Keeps a service running until `stop`: whoever ends is started again, with a growing wait. */
export function supervise(service: Service, supervision: Supervision): Supervised {
  const stopping = new AbortController()
  const started = Promise.withResolvers<ServiceRow>()
  started.promise.catch(() => {}) // nobody has to listen
  const running = keepRunning(service, supervision, started, stopping.signal)
  return {
    started: started.promise,
    async stop() {
      stopping.abort()
      await running
    },
  }
}

async function keepRunning(
  service: Service,
  { book, onChange, onCrash }: Supervision,
  started: PromiseWithResolvers<ServiceRow>,
  stopping: AbortSignal,
): Promise<void> {
  const { name, url, health } = service
  const show = (state: ServiceState, pid: number | null) => {
    const row = { service: name, url, health, state, pid }
    onChange(row)
    return row
  }
  let everReady = false
  for (let failures = 1; !stopping.aborted; failures += 1) {
    show('starting', null)
    const began = Date.now()
    const reason = await runOnce(service, stopping, {
      onLaunch: (pid) => {
        if (!service.outlivesUs) book.add(name, pid)
        show('starting', pid)
      },
      onReady: (pid) => {
        everReady = true
        started.resolve(show('ready', pid))
      },
    })
    book.remove(name)
    if (reason === null) break
    if (!everReady && failures >= FAILED_STARTS) {
      const lastWords = service.lastWords?.() || 'It said nothing.'
      started.reject(new Problem(`${name} does not start (${reason}):\n${lastWords}`))
      break
    }
    if (Date.now() - began > STEADY_MS) failures = 1
    const waitMs = backOffMs(service.isMeantToCrash ? 1 : failures)
    if (!service.isMeantToCrash) onCrash(name, reason, waitMs)
    show('restarting', null)
    await sleep(waitMs, undefined, { signal: stopping }).catch(() => {})
  }
  show('stopped', null)
  started.reject(new Problem(`${name} was stopped before it was ready.`))
}

/** One life of a service. Why it ended; null where we stopped it. */
async function runOnce(
  service: Service,
  stopping: AbortSignal,
  on: { onLaunch: (pid: number) => void; onReady: (pid: number) => void },
): Promise<string | null> {
  let launched: Launched
  try {
    launched = await service.launch()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  on.onLaunch(launched.pid)
  const over = new AbortController()
  const life = AbortSignal.any([over.signal, stopping])
  service.ready(life).then(
    () => life.aborted || on.onReady(launched.pid),
    () => {}, // it ended first
  )
  const asked = Promise.withResolvers<null>()
  const ask = () => asked.resolve(null)
  stopping.addEventListener('abort', ask)
  if (stopping.aborted) ask()
  const reason = await Promise.race([launched.exited, asked.promise])
  stopping.removeEventListener('abort', ask)
  over.abort()
  if (reason === null) await service.stop(launched)
  return reason
}
