import { listActiveKeys } from '../accounts/api-key-store.ts'
import type { GatewayDb } from '../db/schema/index.ts'
import type { Events } from '../events.ts'
import { repeat } from '../repeat.ts'
import { PING_FRAME } from './event-frame.ts'
import type { EventStream } from './event-stream.ts'

const PING_EVERY_MS = 15_000
const KEYS_EVERY_MS = 2_000 // a revoked key closes its streams within 5 s

export interface OpenStreams extends AsyncDisposable {
  /** Keeps a stream alive as long as its key is good; the answer forgets it. */
  keep(stream: EventStream, keyId: string): Disposable
}

/** What all open streams of this process share: one clock for signs of life, one look at their keys. */
export function createOpenStreams(
  db: GatewayDb,
  events: Pick<Events, 'eventsFailed'>,
): OpenStreams {
  const keyOf = new Map<EventStream, string>()
  const ping = () => {
    for (const stream of keyOf.keys()) stream.send(PING_FRAME)
    return Promise.resolve()
  }
  const endRevoked = async () => {
    if (keyOf.size === 0) return
    const asked = new Set(keyOf.values())
    const active = await listActiveKeys(db, [...asked])
    for (const [stream, keyId] of keyOf) {
      if (asked.has(keyId) && !active.has(keyId)) stream.end()
    }
  }
  const parts = new AsyncDisposableStack()
  parts.use(repeat(PING_EVERY_MS, ping, events.eventsFailed))
  parts.use(repeat(KEYS_EVERY_MS, endRevoked, events.eventsFailed))
  return {
    keep(stream, keyId) {
      keyOf.set(stream, keyId)
      return {
        [Symbol.dispose]: () => {
          keyOf.delete(stream)
        },
      }
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
