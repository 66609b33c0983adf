import { AppError, toCredits } from '@upscale/types'
import type { AccountId, PostingView } from '@upscale/types'
import { z } from 'zod'
import { ONCE_KEY } from '../http/because.ts'
import { parseInput } from '../http/parse-input.ts'
import { readKeyUse } from '../ledger/posting-store.ts'
import type { Operation } from './operation.ts'

const Query = z.object({ key: ONCE_KEY })

/** What the key of a grant or an adjustment was used for. */
export const getPosting: Operation = async ({ db }, req, res) => {
  const { key } = parseInput(Query, req.query)
  const line = await readKeyUse(db, key)
  if (line?.kind !== 'grant' && line?.kind !== 'adjust') throw keyUnused()
  const { accountId, kind, delta, purpose, taskId, createdAt } = line
  res.json({
    key,
    accountId: accountId as AccountId,
    kind,
    delta: toCredits(delta),
    purpose,
    taskId,
    createdAt: createdAt.toISOString(),
  } satisfies PostingView)
}

const keyUnused = (): AppError =>
  new AppError('NOT_FOUND', 'Nothing was booked under this key', {
    key: 'key_unused',
    param: 'key',
  })
