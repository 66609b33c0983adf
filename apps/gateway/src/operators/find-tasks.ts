import { decodeCursor, encodeCursor } from '@upscale/db'
import { toCredits, unreachable } from '@upscale/types'
import type { FoundTask, FoundTaskList, TaskId } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { findByAccounts, findByRequest, findByTask } from './find-tasks-store.ts'
import type { FoundRow, Place } from './find-tasks-store.ts'
import { nothingFound, wantedFrom } from './find-tasks-wanted.ts'
import type { Wanted } from './find-tasks-wanted.ts'
import { foundTaskFrom } from './timeline-job.ts'
import { readStart } from './timeline-runs.ts'

export interface FindPage {
  cursor: string | undefined
  limit: number
}

/** Tasks under an id of any kind, newest first. Throws NOT_FOUND where there is none. */
export async function findTasks(
  ctx: GatewayContext,
  find: string,
  page: FindPage,
): Promise<FoundTaskList> {
  const wanted = wantedFrom(find)
  const list = await listOf(ctx, wanted, page)
  // Behind the last page there is nothing either; that is no mistake of who asks.
  if (list.items.length === 0 && page.cursor === undefined) throw nothingFound(wanted)
  return list
}

async function listOf(ctx: GatewayContext, wanted: Wanted, page: FindPage): Promise<FoundTaskList> {
  switch (wanted.by) {
    case 'task': {
      const task = await findTask(ctx, wanted.taskId)
      return { items: task ? [task] : [], nextCursor: null }
    }
    case 'request': {
      const rows = await findByRequest(ctx.db, wanted.requestId)
      return { items: rows.map(foundTaskOf), nextCursor: null }
    }
    case 'accounts': {
      const { limit } = page
      const after = page.cursor === undefined ? undefined : placeFrom(page.cursor)
      const rows = await findByAccounts(ctx.db, wanted.accountIds, { after, limit: limit + 1 })
      const items = rows.slice(0, limit)
      const last = rows.length > limit ? items.at(-1) : undefined
      return { items: items.map(foundTaskOf), nextCursor: last ? cursorOf(last) : null }
    }
    default:
      return unreachable(wanted)
  }
}

/** A task by its id; its workflow tells of one that was refused, whose order is gone. */
export async function findTask(
  ctx: GatewayContext,
  taskId: TaskId,
): Promise<FoundTask | undefined> {
  const row = await findByTask(ctx.db, taskId)
  if (row) return foundTaskOf(row)
  const start = await readStart(ctx, taskId)
  return start && foundTaskFrom(taskId, start)
}

const foundTaskOf = ({ createdAt, parkedAt, creditsUsed, ...row }: FoundRow): FoundTask => ({
  ...row,
  parkedAt: parkedAt && parkedAt.toISOString(),
  creditsUsed: creditsUsed === null ? null : toCredits(creditsUsed),
  createdAt: createdAt.toISOString(),
})

const CURSOR = [/^\d{1,13}$/, /^task_[A-Za-z0-9]{16,40}$/]

const cursorOf = ({ createdAt, taskId }: FoundRow): string =>
  encodeCursor([String(createdAt.getTime()), taskId])

function placeFrom(cursor: string): Place {
  const [ms, taskId] = decodeCursor(cursor, CURSOR)
  return { createdAt: new Date(Number(ms)), taskId: taskId as TaskId }
}
