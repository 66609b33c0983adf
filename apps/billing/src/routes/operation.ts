import type { Request, Response } from 'express'
import type { BillingContext } from '../context.ts'

/** One HTTP operation: narrows the request, makes one call, renders. A rejection is answered by the app. */
export type Operation = (ctx: BillingContext, req: Request, res: Response) => Promise<void>
