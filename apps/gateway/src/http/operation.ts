import type { RequestId } from '@upscale/types'
import type { Request, Response } from 'express'
import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'

declare global {
  namespace Express {
    interface Request {
      requestId: RequestId
      /** Set behind `authenticate` alone. */
      caller?: Caller
    }
  }
}

/** One HTTP operation: narrows the request, makes one call, renders. A rejection is answered by the app. */
export type Operation = (ctx: GatewayContext, req: Request, res: Response) => Promise<void>

/** Whose request it is. Throws where the route forgot to authenticate: a bug. */
export function callerOf(req: Request): Caller {
  if (!req.caller) throw new Error(`${req.path} does not authenticate`)
  return req.caller
}
