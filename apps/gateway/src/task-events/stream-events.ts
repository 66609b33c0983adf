import type { Request, Response } from 'express'
import type { GatewayContext } from '../context.ts'
import { callerOf } from '../http/operation.ts'
import { hasEnded } from '../tasks/task-state.ts'
import type { Task } from '../tasks/task.ts'
import { RECONNECT_FRAME } from './event-frame.ts'
import { openEventStream } from './event-stream.ts'
import { placeIn } from './event-store.ts'
import { lastEventIdIn } from './last-event-id.ts'
import { isEnd } from './task-event.ts'

/** Sends the events of a task as they come, from where the client left, until the end of the task. */
export async function streamEvents(
  ctx: GatewayContext,
  req: Request,
  res: Response,
  task: Task,
): Promise<void> {
  const after = lastEventIdIn(req.headers['last-event-id'], task.eventSeq)
  if (hasEnded(task.status) && after === task.eventSeq) {
    res.status(204).end()
    return
  }
  if (req.method === 'HEAD') {
    openEventStream(res).end()
    return
  }
  const { keyId, accountId } = callerOf(req)
  await using parts = new AsyncDisposableStack()
  parts.use(await ctx.streamPlaces.take(accountId))
  if (res.destroyed) return // it left meanwhile: nobody would say that it closes
  const closed = new Promise<void>((resolve) => res.once('close', () => resolve()))
  const stream = openEventStream(res)
  parts.use(ctx.openStreams.keep(stream, keyId))
  const unfollow = ctx.taskEvents.follow(placeIn(task, after), {
    tell({ event, frame }) {
      stream.send(frame)
      if (isEnd(event)) stream.end()
    },
    letGo() {
      stream.send(RECONNECT_FRAME)
      stream.end()
    },
  })
  parts.defer(unfollow)
  await closed
}
