import type { ServerResponse } from 'node:http'
import { RETRY_FRAME } from './event-frame.ts'

/** A client that reads slower than its task changes is cut off here; it comes back and catches up. */
const MAX_UNSENT_BYTES = 262_144

export interface EventStream {
  send(frame: string): void
  end(): void
}

/** Begins the answer: its first bytes go out at once. */
export function openEventStream(res: ServerResponse): EventStream {
  res.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  })
  res.write(RETRY_FRAME)
  return {
    send(frame) {
      if (res.writableEnded || res.destroyed) return
      res.write(frame)
      if (res.writableLength > MAX_UNSENT_BYTES) res.destroy()
    },
    end: () => res.end(),
  }
}
