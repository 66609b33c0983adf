import { z } from 'zod'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { EVENT_EXAMPLE, EventList, StreamedEvent } from '../task-events/event-schema.ts'
import { RETRY_FRAME, frameOf } from '../task-events/event-frame.ts'
import { listPast } from '../task-events/list-past.ts'
import { EventsQuery, parseAfter } from '../task-events/parse-after.ts'
import { prefersJson } from '../task-events/prefers-json.ts'
import { streamEvents } from '../task-events/stream-events.ts'
import type { TaskEvent } from '../task-events/task-event.ts'
import { readTask } from '../tasks/read-task.ts'
import { TaskParams } from '../tasks/task-schema.ts'

const run: Operation = async (ctx, req, res) => {
  const isJson = prefersJson(req.headers.accept)
  const after = isJson ? parseAfter(req.query['after']) : undefined
  const task = await readTask(ctx, callerOf(req), String(req.params['id']))
  if (after === undefined) await streamEvents(ctx, req, res, task)
  else succeed(res, await listPast(ctx, task, after))
}

export const listEvents: Endpoint = {
  id: 'listEvents',
  method: 'GET',
  path: '/api/v1/tasks/{id}/events',
  access: 'account',
  tag: 'Tasks',
  summary: 'Follow a task',
  description: `Server-sent events: what happened so far, then what happens, until the task ends. Each event has an \`id\` (a number that rises), an \`event\` and one line of JSON as \`data\`; the last one, \`task.completed\`, \`task.failed\` or \`task.canceled\`, carries the whole task, and then the stream is closed. A comment comes every 15 s: a stream that is silent for longer is dead.

When a stream breaks, or sends \`event: reconnect\` because we restart, come back with \`Last-Event-ID\`: nothing is lost and nothing comes twice, but of \`task.progress\` only the newest is kept. \`eta_seconds\` of an event is what the attempt measures, null before its pictures come: \`GET /tasks/{id}\` also estimates from the queue. After the end the answer is 204. A browser's \`EventSource\` cannot send the key: read the stream with \`fetch\`.

The header \`Accept\` chooses the form: \`application/json\` gives the same events as a list (send the last \`seq\` as \`after\` the next time), \`text/event-stream\` the stream. With both alike, with \`*/*\` or without the header the stream comes.

An account may have 20 streams open.`,
  params: TaskParams,
  query: EventsQuery,
  headers: z.object({
    'last-event-id': z
      .string()
      .optional()
      .describe('The last `id` that arrived; one that cannot be read means the start'),
  }),
  answers: {
    200: {
      description: 'The events; in the stream the schema is that of the `data` of each',
      data: EventList,
      example: { items: [EVENT_EXAMPLE], ended: false },
      media: { 'text/event-stream': StreamedEvent },
      mediaExamples: {
        'text/event-stream': `${RETRY_FRAME}${frameOf(EVENT_EXAMPLE as TaskEvent)}`,
      },
      headers: { 'X-Accel-Buffering': '`no`: a proxy must not collect the stream' },
    },
    204: { description: 'The task has ended, and `Last-Event-ID` is its last event' },
  },
  errors: ['TASK_NOT_FOUND', 'INVALID_PARAMETER', 'RATE_LIMITED'],
  run,
}
