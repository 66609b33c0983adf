import type { ServerResponse } from 'node:http'

/** Aborted when the client has left, or the answer has gone out. */
export function clientGone(res: ServerResponse): AbortSignal {
  const gone = new AbortController()
  if (res.destroyed) gone.abort()
  else res.once('close', () => gone.abort())
  return gone.signal
}
