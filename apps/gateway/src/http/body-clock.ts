import type { IncomingMessage } from 'node:http'

interface Clock {
  timer: NodeJS.Timeout
  onLate: () => void
}

const clocks = new WeakMap<IncomingMessage, Clock>()

/** Calls `onLate` where the body of a request is not here in time. */
export function startBodyClock(req: IncomingMessage, ms: number, onLate: () => void): void {
  if (!hasBody(req)) return
  clocks.set(req, { timer: later(req, ms, onLate), onLate })
  req.once('close', () => clearTimeout(clocks.get(req)?.timer))
}

/** From now on the body may take `ms`, whatever it had before. */
export function setBodyClock(req: IncomingMessage, ms: number): void {
  const clock = clocks.get(req)
  if (!clock || req.closed) return
  clearTimeout(clock.timer)
  clock.timer = later(req, ms, clock.onLate)
}

const later = (req: IncomingMessage, ms: number, onLate: () => void): NodeJS.Timeout =>
  setTimeout(() => {
    if (!req.complete) onLate()
  }, ms).unref() // a request that is answered and cut off tells no end

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
