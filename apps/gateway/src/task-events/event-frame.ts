import type { TaskEvent } from './task-event.ts'

/** An event as a stream carries it. JSON holds no line break, so one `data` line is enough. */
export const frameOf = (event: TaskEvent): string =>
  `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

/** How long a client waits until it comes back, ms: the first line of each stream. */
export const RETRY_FRAME = 'retry: 2000\n\n'
/** A comment, so that nobody on the way takes the stream for dead. */
export const PING_FRAME = ': ping\n\n'
/** We restart: the client comes back with its `Last-Event-ID`, which this leaves as it is. */
export const RECONNECT_FRAME = 'event: reconnect\ndata: {}\n\n'
