import type { Place } from '../task-events/event-store.ts'
import { isEnd } from '../task-events/task-event.ts'
import type { TaskHub } from '../task-events/task-hub.ts'
import type { TaskView } from './task-view.ts'

/** The whole task when it ends; undefined: it goes on after `ms`, nobody waits any more, or we stop. */
export function waitForEnd(
  { follow }: Pick<TaskHub, 'follow'>,
  place: Place,
  { ms, gone }: { ms: number; gone: AbortSignal },
): Promise<TaskView | undefined> {
  const { promise, resolve } = Promise.withResolvers<TaskView | undefined>()
  const giveUp = () => resolve(undefined)
  const timer = setTimeout(giveUp, ms)
  gone.addEventListener('abort', giveUp)
  const leave = follow(place, {
    tell: ({ event }) => isEnd(event) && resolve(event.task),
    letGo: giveUp,
  })
  if (gone.aborted) giveUp()
  return promise.finally(() => {
    leave()
    clearTimeout(timer)
    gone.removeEventListener('abort', giveUp)
  })
}
