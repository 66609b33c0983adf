import { setTimeout as sleep } from 'node:timers/promises'
import type { CheckResponse } from '@upscale/testing'

/** One event as it came, with the time at which it came. */
export interface SeenEvent {
  id: number | undefined
  event: string
  data: {
    seq: number
    type: string
    at: string
    task: { id: string; status: string; stage: string; progress: number; queue_position: unknown }
  }
  atMs: number
}

export type EventReader = Awaited<ReturnType<typeof readEvents>>

/** Opens a stream and reads it in the background; what came is checked when it is closed. */
export async function readEvents(
  check: CheckResponse,
  url: string,
  headers: Record<string, string>,
) {
  const stop = new AbortController()
  const began = Date.now()
  const response = await fetch(url, { headers, signal: stop.signal })
  const isStream = response.headers.get('content-type') === 'text/event-stream'
  const events: SeenEvent[] = []
  const reader = { text: '', firstByteMs: NaN, isClosed: false }
  const reading = (async () => {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of response.body ?? []) {
      if (Number.isNaN(reader.firstByteMs)) reader.firstByteMs = Date.now() - began
      const text = decoder.decode(chunk, { stream: true })
      reader.text += text
      const blocks = (rest + text).split('\n\n')
      rest = blocks.pop() ?? ''
      events.push(...blocks.flatMap(eventIn))
    }
  })()
  const done = reading
    .catch(() => undefined)
    .finally(() => {
      reader.isClosed = true
    })
  return {
    response,
    status: response.status,
    events,
    reader,
    /** When the server has closed it. */
    closed: done,
    async until(isSo: (events: readonly SeenEvent[]) => boolean, ms = 20_000): Promise<void> {
      for (const end = Date.now() + ms; !isSo(events); await sleep(10)) {
        if (Date.now() > end) throw new Error(`Still ${JSON.stringify(events)}`)
        if (reader.isClosed && !isSo(events)) {
          throw new Error(`Closed after ${JSON.stringify(events)}`)
        }
      }
    },
    async [Symbol.asyncDispose]() {
      if (!isStream) await done
      stop.abort()
      await done
      const { status, headers } = response
      check({ method: 'GET', path: new URL(url).pathname, status, headers, body: reader.text })
    },
  }
}

function eventIn(block: string): SeenEvent[] {
  const lines = block.split('\n').filter((line) => !line.startsWith(':'))
  const fields = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s, 2)))
  const { id, event, data } = fields as Record<string, string | undefined>
  if (event === undefined) return []
  return [
    {
      id: id === undefined ? undefined : Number(id),
      event,
      data: JSON.parse(data ?? '{}') as SeenEvent['data'],
      atMs: Date.now(),
    },
  ]
}

export const hasEndedIn = (events: readonly SeenEvent[]): boolean =>
  ['task.completed', 'task.failed', 'task.canceled'].includes(events.at(-1)?.event ?? '')
