import { isTaskId } from '@upscale/types'
import type { TaskId } from '@upscale/types'
import type { RequestHandler } from 'express'
import type { Events } from '../events.ts'
import { clientRequestId } from './request-id.ts'

/** One line and one measurement per request, when its answer has gone out or was cut off. */
export const requestLog =
  (events: Events): RequestHandler =>
  (req, res, next) => {
    const began = performance.now()
    res.once('close', () => {
      const route = req.route as { path?: unknown } | undefined
      events.requestAnswered({
        requestId: req.requestId,
        clientRequestId: clientRequestId(req.headers['request-id']),
        account: req.caller?.accountId,
        taskId: taskIdOf(req.params['taskId'] ?? req.params['id']),
        method: req.method,
        route: typeof route?.path === 'string' ? route.path : 'none',
        status: res.statusCode,
        ms: Math.round(performance.now() - began),
        isCutOff: !res.writableFinished,
      })
    })
    next()
  }

const taskIdOf = (id: unknown): TaskId | undefined =>
  typeof id === 'string' && isTaskId(id) ? id : undefined
