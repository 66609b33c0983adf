import { AppError, ERRORS } from '@upscale/types'
import type { AuditEntry } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { endAction, insertAction } from './audit-store.ts'
import type { Act } from './audit-store.ts'

type AuditContext = Pick<GatewayContext, 'db' | 'events'>

/** An act, and what exactly was asked for, where action and target do not say it. */
type AskedAct = Act & { asked?: string | undefined }

/**
 * Does an operator's work and keeps who did it, why, and how it ended. Without the first row nothing is
 * done. `tell` puts the result into words. What the work throws is thrown on.
 */
export async function audited<Result>(
  ctx: AuditContext,
  act: AskedAct,
  work: () => Promise<Result>,
  tell: (result: Result) => string,
): Promise<Result> {
  const id = await insertAction(ctx.db, act, act.asked ?? null)
  const end = (outcome: Ending, text: string) =>
    noteEnd(ctx, { id, act, outcome, detail: act.asked ? `${act.asked}: ${text}` : text })
  let result: Result
  try {
    result = await work()
  } catch (error) {
    const text = error instanceof AppError ? error.message : 'unexpected: see the log'
    await end(isRefusal(error) ? 'refused' : 'failed', text)
    throw error
  }
  await end('done', tell(result))
  return result
}

type Ending = Exclude<AuditEntry['outcome'], 'begun'>

const DETAIL_MAX = 1_000

/** What was done stands, whether or not its end could be noted: the row stays at `begun` then. */
async function noteEnd(
  { db, events }: AuditContext,
  { id, act, outcome, detail }: { id: bigint; act: Act; outcome: Ending; detail: string },
): Promise<void> {
  events.operatorActed(act, outcome)
  try {
    await endAction(db, id, outcome, detail.slice(0, DETAIL_MAX))
  } catch (error) {
    events.auditLeft(id, outcome, error)
  }
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof AppError)) return false
  const { status } = ERRORS[error.code]
  return status !== 'task' && status < 500
}
