import { EXIT } from '../problem.ts'

/**
 * Aborts when a person or a script wants us to stop: Ctrl-C, a termination, the end of the terminal, or
 * of standard input where that counts. A second wish ends at once, after `force`.
 */
export function stopRequests(options: { withStdin?: boolean; force: () => void }): AbortSignal {
  const stop = new AbortController()
  const ask = () => {
    if (!stop.signal.aborted) return stop.abort(new Error('asked to stop'))
    options.force()
    process.exit(EXIT.interrupted)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  if (options.withStdin) {
    process.stdin.resume()
    process.stdin.once('end', () => stop.abort(new Error('standard input ended')))
  }
  // A reader that went away must not end the stack: its log is in the state folder too.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  return stop.signal
}
