/** An event of a stream as it came. */
export interface StreamEvent {
  id: number | null
  event: string
  data: {
    seq: number
    type: string
    at: string
    task: { id: string; status: string; stage: string; progress: number; [field: string]: unknown }
  }
}

export interface EventStream extends AsyncDisposable {
  status: number
  headers: Headers
  /** The next event; undefined: the stream has ended, or was cut. */
  next(): Promise<StreamEvent | undefined>
  /** All events up to the end. */
  rest(): Promise<StreamEvent[]>
  /** Everything that came so far, comments too. */
  text(): string
}

/**
 * Reads server-sent events as they come: an `EventSource` that never comes back by itself. `check` gets all
 * that was read, once it has ended or is closed; what is no stream is read at once.
 */
export async function readStream(
  res: Response,
  check: (text: string) => void,
): Promise<EventStream> {
  const isStream = res.headers.get('content-type') === 'text/event-stream'
  if (!isStream) check(await res.clone().text())
  const reader = res.body?.pipeThrough(new TextDecoderStream()).getReader()
  let all = ''
  let unread = ''
  const next = async (): Promise<StreamEvent | undefined> => {
    for (;;) {
      const end = unread.indexOf('\n\n')
      if (end >= 0) {
        const event = eventFrom(unread.slice(0, end))
        unread = unread.slice(end + 2)
        if (event) return event
        continue
      }
      const part = await reader?.read().catch(() => undefined) // cut
      if (part?.value === undefined) {
        if (isStream) check(all)
        return undefined
      }
      all += part.value
      unread += part.value
    }
  }
  return {
    status: res.status,
    headers: res.headers,
    next,
    async rest() {
      const events: StreamEvent[] = []
      for (let event = await next(); event; event = await next()) events.push(event)
      return events
    },
    text: () => all,
    [Symbol.asyncDispose]: async () => {
      await reader?.cancel().catch(() => undefined)
      if (isStream) check(all)
    },
  }
}

/** Undefined: a comment, or the time after which to come back. */
function eventFrom(block: string): StreamEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => {
      const [name = '', ...value] = line.split(': ')
      return [name, value.join(': ')]
    }),
  )
  const data = fields.get('data')
  if (data === undefined) return undefined
  const id = fields.get('id')
  return {
    id: id === undefined ? null : Number(id),
    event: fields.get('event') ?? 'message',
    data: JSON.parse(data) as StreamEvent['data'],
  }
}
