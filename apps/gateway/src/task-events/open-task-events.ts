import { listen } from '@upscale/db'
import type { GatewayDb } from '../db/schema/index.ts'
import type { Events } from '../events.ts'
import { repeat } from '../repeat.ts'
import type { Task } from '../tasks/task.ts'
import { markAllWatched } from '../tasks/task-store.ts'
import type { TaskView } from '../tasks/task-view.ts'
import type { ReadPast } from './event-store.ts'
import { TASK_EVENTS } from './task-event.ts'
import { createTaskHub } from './task-hub.ts'
import type { TaskHub } from './task-hub.ts'

const WATCH_EVERY_MS = 1_000

interface EventsParts {
  url: string
  readPast: ReadPast
  db: GatewayDb
  viewOf: (task: Task) => TaskView
  events: Events
}

/**
 * The events of all tasks that somebody follows, over one connection to the database. While a task is
 * followed it counts as watched, so that its progress comes each second.
 */
export function openTaskEvents({
  url,
  readPast,
  db,
  viewOf,
  events,
}: EventsParts): TaskHub & AsyncDisposable {
  const parts = new AsyncDisposableStack()
  const onFailure = events.eventsFailed
  const hub = createTaskHub({ readPast, viewOf, onFailure })
  const watch = async () => {
    const taskIds = hub.taskIds()
    if (taskIds.length > 0) await markAllWatched(db, taskIds)
  }
  const hear = (payload: string) => {
    try {
      hub.hear(payload)
    } catch (error) {
      onFailure(error) // whoever may connect may tell anything
    }
  }
  parts.use(repeat(WATCH_EVERY_MS, watch, onFailure))
  parts.use(
    listen({
      url,
      channel: TASK_EVENTS,
      onNotice: hear,
      onListening: hub.catchUp,
      onBroken: onFailure,
    }),
  )
  parts.defer(hub.letAllGo)
  return { ...hub, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}
