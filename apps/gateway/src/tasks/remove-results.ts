import type { ObjectStore } from '@upscale/object-store'
import { resultFolderOf } from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'
import { markRemoved } from './deletion-store.ts'
import type { EndedTask } from './deletion-store.ts'

/** Removes what the attempts of a task stored, also those that were never delivered. */
export async function removeResults(
  { db, objects }: { db: GatewayDb; objects: ObjectStore },
  task: EndedTask,
): Promise<void> {
  await objects.deleteFolder(resultFolderOf(task.taskId))
  await markRemoved(db, task)
}
