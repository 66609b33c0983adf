import { taskIdFrom } from '../http/task-id-from.ts'
import { readTaskCharges, readTaskLines } from '../ledger/charge-store.ts'
import { taskBooksView } from '../ledger/task-books-view.ts'
import { taskNotFound } from '../ledger/task-not-found.ts'
import type { Operation } from './operation.ts'

export const getTaskBooks: Operation = async ({ db }, req, res) => {
  const taskId = taskIdFrom(req)
  const [charges, lines] = await Promise.all([
    readTaskCharges(db, taskId),
    readTaskLines(db, taskId),
  ])
  const view = taskBooksView(taskId, charges, lines)
  if (!view) throw taskNotFound()
  res.json(view)
}
