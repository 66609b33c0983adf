import type { Colors } from 'picocolors/types.js'
import type { FoundTask } from '@upscale/types'
import type { Column } from './table.ts'
import { NONE, count, when } from './words.ts'

/** `processing`, `needs a person` while parked, `never admitted` without a row. */
export const statusText = ({ status, parkedAt }: FoundTask): string => {
  if (parkedAt !== null) return 'needs a person'
  return status ?? 'never admitted'
}

/** Green: delivered; red: no video; yellow: somebody has to act. */
export function statusPainter(
  { status, parkedAt }: FoundTask,
  colors: Colors,
): (text: string) => string {
  if (parkedAt !== null) return colors.yellow
  if (status === 'completed') return colors.green
  return status === 'failed' ? colors.red : String
}

export const TASK_COLUMNS: readonly Column<FoundTask>[] = [
  { title: 'TASK', text: ({ taskId }) => taskId },
  { title: 'ACCOUNT', text: ({ accountId }) => accountId },
  { title: 'FACTOR', text: ({ factor }) => factor, align: 'right' },
  { title: 'STATUS', text: statusText, paint: statusPainter },
  { title: 'STAGE', text: ({ stage }) => stage ?? NONE },
  {
    title: 'CREDITS',
    text: ({ creditsUsed }) => (creditsUsed === null ? NONE : count(creditsUsed)),
    align: 'right',
  },
  { title: 'CREATED', text: ({ createdAt }) => when(createdAt) },
  { title: 'REQUEST', text: ({ requestId }) => requestId },
]
