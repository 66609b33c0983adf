import type { BooksView } from '@upscale/types'
import { readBooksState, readFindings } from '../books/finding-store.ts'
import type { Operation } from './operation.ts'

export const getBooks: Operation = async ({ db }, _req, res) => {
  const [state, findings] = await Promise.all([readBooksState(db), readFindings(db)])
  res.json({
    lastPassAt: state.endedAt?.toISOString() ?? null,
    findings,
    openCharges: Number(state.openCharges ?? 0n),
    oldestOpenAt: state.oldestOpenAt?.toISOString() ?? null,
  } satisfies BooksView)
}
