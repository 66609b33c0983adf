import { z } from 'zod'
import { withEta } from '../eta/with-eta.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { ListTasksQuery, parseListTasksQuery } from '../tasks/list-tasks-query.ts'
import { COMPLETED_TASK } from '../tasks/task-examples.ts'
import { Task } from '../tasks/task-schema.ts'

const run: Operation = async (ctx, req, res) => {
  const { tasks, next } = await ctx.listTasks(callerOf(req), parseListTasksQuery(req.query))
  const items = tasks.map(async (task) => ctx.viewOf(await withEta(ctx, task)))
  succeed(res, { items: await Promise.all(items), has_more: next !== null, next_cursor: next })
}

export const listTasks: Endpoint = {
  id: 'listTasks',
  method: 'GET',
  path: '/api/v1/tasks',
  access: 'account',
  tag: 'Tasks',
  summary: 'List tasks',
  description:
    'Newest first, of this account and mode. Send `next_cursor` back as `cursor`, with the same filters, for the next page: tasks that are added meanwhile shift nothing. A task may take a moment after its create answer until it is listed.',
  query: ListTasksQuery,
  answers: {
    200: {
      description: 'A page of tasks',
      data: z.object({
        items: z.array(Task),
        has_more: z.boolean(),
        next_cursor: z.union([z.string(), z.null()]),
      }),
      example: { items: [COMPLETED_TASK], has_more: false, next_cursor: null },
    },
  },
  errors: ['INVALID_PARAMETER'],
  run,
}
