import { z } from 'zod'
import type { BooksView } from '@upscale/types'
import { RECONCILE_SCHEDULE } from '@upscale/workflows/activities'
import { bodyOf } from '../../http/json-body.ts'
import type { Operation } from '../../http/operation.ts'
import { audited } from '../../operators/audited.ts'
import { because, parseInput } from '../../operators/parse-input.ts'
import { reconcileNow } from '../../operators/reconcile-now.ts'

const Body = z.strictObject({ ...because, confirmLost: z.boolean().default(false) })

/** A pass of the reconciler now; answers with the books as it left them. */
export const reconcile: Operation = async (ctx, req, res) => {
  const { reason, actor, confirmLost } = parseInput(Body, bodyOf(req))
  const asked = confirmLost ? 'lost jobs confirmed' : undefined
  const books = await audited(
    ctx,
    { action: 'reconcile', target: RECONCILE_SCHEDULE, reason, actor, asked },
    () => reconcileNow(ctx, confirmLost),
    ({ findings }: BooksView) =>
      findings.length === 0 ? 'no findings' : `${findings.length} findings`,
  )
  res.json(books)
}
