import type { Response } from 'express'
import type { ErrorView } from '../tasks/error-view.ts'
import { sendJson } from './send-json.ts'

/** Answers with `data` in the envelope. */
export const succeed = (res: Response, data: object): void => sendJson(res, { success: true, data })

export const failure = (error: ErrorView) => ({ success: false, error }) as const
