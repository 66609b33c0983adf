import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

const CONNECT_TIMEOUT_MS = 2_000
const ANSWER_TIMEOUT_MS = 5_000
const LOOK_EVERY_MS = 10_000 // a connection that died silently is found in this time and one answer's
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 2_000

export interface ListenOptions {
  url: string
  /** Plain lower-case name: it is part of SQL text. */
  channel: string
  onNotice: (payload: string) => void
  /** It listens, for the first time or again: what was told before did not arrive. */
  onListening: () => void
  /** It does not, and tries again by itself. */
  onBroken: (error: unknown) => void
}

/** Hears what `pg_notify` tells on a channel, over one connection that it makes anew when it breaks. */
export function listen(options: ListenOptions): AsyncDisposable {
  const stop = new AbortController()
  const done = keepListening(options, stop.signal)
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}

async function keepListening(options: ListenOptions, stop: AbortSignal): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS
  const onListening = () => {
    pauseMs = FIRST_PAUSE_MS
    options.onListening()
  }
  while (!stop.aborted) {
    await listenOnce({ ...options, onListening }, stop).catch((error: unknown) => {
      if (!stop.aborted) options.onBroken(error)
    })
    await pause(pauseMs * (0.5 + Math.random()), stop) // not all processes at the same moment
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
  }
}

/** Until it is stopped; throws when the connection breaks. */
async function listenOnce(
  { url, channel, onNotice, onListening }: ListenOptions,
  stop: AbortSignal,
): Promise<void> {
  const client = new Client({
    connectionString: url,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
  })
  const broken = new Promise<never>((_, reject) => {
    client.on('error', reject)
    client.on('end', () => reject(new Error('The connection ended')))
  })
  broken.catch(() => undefined) // it is awaited below, unless something else failed first
  client.on('notification', ({ payload = '' }) => onNotice(payload))
  try {
    await client.connect()
    await client.query(`listen ${channel}`)
    onListening()
    while (!stop.aborted) {
      await Promise.race([pause(LOOK_EVERY_MS, stop), broken])
      if (!stop.aborted) await client.query('select 1')
    }
  } finally {
    await client.end().catch(() => undefined) // it may have no server any more
  }
}

const pause = (ms: number, stop: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal: stop }).catch(() => undefined)
