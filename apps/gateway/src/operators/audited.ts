import { AppError, ERRORS } from '@upscale/types'
import type { AuditEntry, DryRunView } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { endAction, insertAction } from './audit-store.ts'
import type { Act } from './audit-store.ts'

type AuditContext = Pick<GatewayContext, 'db' | 'events'>

/** An act, and what exactly was asked for, where action and target do not say it. */
type AskedAct = Act & { asked?: string | undefined }

/** What an operator asked for, in the parts in which it is done. */
export interface Change<Seen, Result> {
  /** Looks, and throws the refusal; nothing moves yet. */
  look: () => Promise<Seen>
  /** One sentence: what would be done. */
  would: (seen: Seen) => string
  work: (seen: Seen) => Promise<Result>
  /** What was done, in words. */
  tell: (result: Result, seen: Seen) => string
}

/** Only says what would be done, where that was asked for; otherwise does it, audited. */
export async function carryOut<Seen, Result>(
  ctx: AuditContext,
  act: AskedAct & { dryRun?: boolean | undefined },
  change: Change<Seen, Result>,
): Promise<Result | DryRunView> {
  if (!act.dryRun) return await audited(ctx, act, change)
  return { dryRun: true, outcome: change.would(await change.look()) }
}

/**
 * Does an operator's work and keeps who did it, why, and how it ended. Without the first row nothing is
 * done. What is thrown on the way is thrown on.
 */
export async function audited<Seen, Result>(
  ctx: AuditContext,
  act: AskedAct,
  { look, work, tell }: Pick<Change<Seen, Result>, 'look' | 'work' | 'tell'>,
): Promise<Result> {
  const id = await insertAction(ctx.db, act, act.asked ?? null)
  const end = (outcome: Outcome, text: string) =>
    noteEnd(ctx, { id, act, outcome, detail: act.asked ? `${act.asked}: ${text}` : text })
  let isAtWork = false
  let ended: { seen: Seen; result: Result }
  try {
    const seen = await look()
    isAtWork = true
    ended = { seen, result: await work(seen) }
  } catch (error) {
    await end(outcomeOf(error, isAtWork), textOf(error))
    throw error
  }
  await end('done', tell(ended.result, ended.seen))
  return ended.result
}

type Outcome = AuditEntry['outcome']

/** What failed at work may have been done all the same: the row stays at `begun`. */
function outcomeOf(error: unknown, isAtWork: boolean): Outcome {
  if (isRefusal(error)) return 'refused'
  return isAtWork ? 'begun' : 'failed'
}

const textOf = (error: unknown): string =>
  error instanceof AppError ? error.message : 'unexpected: see the log'

/** What was done stands, whether or not its end could be noted: the row stays at `begun` then. */
async function noteEnd(
  { db, events }: AuditContext,
  { id, act, outcome, detail }: { id: bigint; act: Act; outcome: Outcome; detail: string },
): Promise<void> {
  events.operatorActed(act, outcome)
  try {
    await endAction(db, id, outcome, detail)
  } catch (error) {
    events.auditLeft(id, outcome, error)
  }
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof AppError)) return false
  const { status } = ERRORS[error.code]
  return status !== 'task' && status < 500
}
