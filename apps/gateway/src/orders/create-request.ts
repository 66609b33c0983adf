import type { RequestId } from '@upscale/types'

/** What creates a task besides its fields, and what its answer shows whether it is refused or not. */
export interface CreateRequest {
  requestId: RequestId
  /** Method and path. */
  target: string
  idempotencyKey: string | undefined
  /** The answer is that of an earlier request with the key. */
  showReplay: () => void
  /** How many tasks of today count, with this one. */
  showUsed: (tasksToday: number) => void
  /** This one counts no more. */
  showGivenBack: () => void
}
