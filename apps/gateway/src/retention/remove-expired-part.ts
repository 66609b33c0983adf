import type { ExpiringPart, RemovedPart } from '@upscale/workflows/activities'
import type { WorkerContext } from '../context.ts'
import type { Batch } from './batch.ts'
import { removeExpiredResults, removeExpiredUploads } from './expired-files.ts'
import { removeRows, removeTaskEvents } from './expired-rows.ts'
import { giveUpLostDeliveries } from '../webhooks/delivery-store.ts'

const BUDGET_MS = 5 * 60_000 // what is left then is the following pass's

type RetentionContext = Pick<WorkerContext, 'db' | 'objects' | 'events'>

const REMOVE: Record<ExpiringPart, (ctx: RetentionContext, after?: string) => Promise<Batch>> = {
  results: removeExpiredResults,
  uploads: removeExpiredUploads,
  task_events: ({ db }) => removeTaskEvents(db),
  idempotency_keys: ({ db }) => removeRows(db, 'idempotency_keys'),
  async webhook_deliveries({ db }) {
    await giveUpLostDeliveries(db) // of a run that was terminated, or never began
    return await removeRows(db, 'webhook_deliveries')
  },
  quotes: ({ db }) => removeRows(db, 'quotes'),
  rate_windows: ({ db }) => removeRows(db, 'rate_windows'),
  open_streams: ({ db }) => removeRows(db, 'open_streams'),
}

/** Removes what is over of one part, batch by batch; `beat` hears of each. Throws the signal's reason. */
export async function removeExpiredPart(
  ctx: RetentionContext,
  part: ExpiringPart,
  { signal, beat }: { signal: AbortSignal; beat: (soFar: RemovedPart) => void },
): Promise<RemovedPart> {
  const began = performance.now()
  const done: RemovedPart = { removed: 0, kept: 0, isDone: false }
  for (let after: string | undefined; ;) {
    signal.throwIfAborted()
    const { removed, kept, next } = await REMOVE[part](ctx, after)
    done.removed += removed
    done.kept += kept
    done.isDone = next === undefined
    if (done.isDone || performance.now() - began > BUDGET_MS) break
    after = next
    beat({ ...done })
  }
  ctx.events.expiredRemoved(part, done)
  return done
}
