import { CURSOR_TIME, decodeCursor, encodeCursor } from '@upscale/db'
import type { ExpiringPart } from '@upscale/workflows/activities'
import type { WorkerContext } from '../context.ts'
import { fewAtOnce } from '../few-at-once.ts'
import { removeResults } from '../tasks/remove-results.ts'
import type { Batch } from './batch.ts'
import { deleteUploadRow, listDueResults, listDueUploads } from './expired-files-store.ts'

type FilesContext = Pick<WorkerContext, 'db' | 'objects' | 'events'>

const BATCH = 20 // with a store that hangs, still well under a minute
const AT_ONCE = 8

/** Removes what tasks left in the store that are over: results past their time, leftovers of failures. */
export const removeExpiredResults = (ctx: FilesContext, after?: string): Promise<Batch> =>
  removeFiles(ctx, 'results', listDueResults(ctx.db, placeFrom(after), BATCH), {
    idOf: ({ taskId }) => taskId,
    remove: (task) => removeResults(ctx, task),
  })

/** Removes uploads past their time: the file first, so that no row is missing for one that is left. */
export const removeExpiredUploads = (ctx: FilesContext, after?: string): Promise<Batch> =>
  removeFiles(ctx, 'uploads', listDueUploads(ctx.db, placeFrom(after), BATCH), {
    idOf: ({ objectKey }) => objectKey,
    async remove({ objectKey }) {
      await ctx.objects.delete(objectKey)
      await deleteUploadRow(ctx.db, objectKey)
    },
  })

interface FileSteps<Item> {
  idOf: (item: Item) => string
  remove: (item: Item) => Promise<void>
}

/** A file that does not go holds up none of the others. Where none goes, the store is away. */
async function removeFiles<Item extends { dueAt: Date }>(
  { events }: FilesContext,
  part: ExpiringPart,
  due: Promise<Item[]>,
  { idOf, remove }: FileSteps<Item>,
): Promise<Batch> {
  const items = await due
  let kept = 0
  await fewAtOnce(items, AT_ONCE, (item) =>
    remove(item).catch((error: unknown) => {
      kept += 1
      events.removalFailed(part, idOf(item), error)
    }),
  )
  const last = items.at(-1)
  const goesOn = last && items.length === BATCH && kept < items.length
  const next = goesOn ? encodeCursor([last.dueAt.toISOString(), idOf(last)]) : undefined
  return { removed: items.length - kept, kept, next }
}

const PLACE = [CURSOR_TIME, /^[\w./-]+$/] as const

function placeFrom(after: string | undefined): { at: string; id: string } {
  const [at = '-infinity', id = ''] = after === undefined ? [] : decodeCursor(after, PLACE)
  return { at, id }
}
