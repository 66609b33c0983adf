import { z } from 'zod'
import { RECONCILE_SCHEDULE } from '@upscale/workflows/activities'
import { bodyOf } from '../../http/json-body.ts'
import type { Operation } from '../../http/operation.ts'
import { carryOut } from '../../operators/audited.ts'
import { asked, parseInput } from '../../operators/parse-input.ts'
import { passText, readPass, reconcileNow } from '../../operators/reconcile-now.ts'

const Body = z.strictObject({ ...asked, confirmLost: z.boolean().default(false) })

/** A pass of the reconciler now; answers with the books as it left them. */
export const reconcile: Operation = async (ctx, req, res) => {
  const { reason, actor, dryRun, confirmLost } = parseInput(Body, bodyOf(req))
  const answer = await carryOut(
    ctx,
    {
      action: 'reconcile',
      target: RECONCILE_SCHEDULE,
      reason,
      actor,
      requestId: req.requestId,
      asked: confirmLost ? 'lost jobs confirmed' : undefined,
      dryRun,
    },
    {
      look: () => readPass(ctx, confirmLost),
      would: passText,
      work: (pass) => reconcileNow(ctx, pass),
      tell: ({ findings }) =>
        findings.length === 0 ? 'no findings' : `${findings.length} findings`,
    },
  )
  res.json(answer)
}
