import { CancellationScope, setHandler } from '@temporalio/workflow'
import { AppError } from '@upscale/types'
import type { CancelAnswer } from '@upscale/types'
import { failWith } from './failures.ts'
import { cancelUpdate } from './messages.ts'

/** The customer's cancel: stops the work that `mayCancel` runs, and is refused once that is over. */
export function openCancel() {
  let requested = false
  let over = false
  let scope: CancellationScope | undefined

  const handler = (): CancelAnswer => {
    requested = true
    scope?.cancel()
    return { cancelRequested: true }
  }
  const validator = () => {
    if (over) throw failWith(new AppError('TASK_NOT_CANCELABLE', 'Task is already finishing'))
  }
  setHandler(cancelUpdate, handler, { validator, description: 'The customer cancels the job' })

  return {
    /** No cancel is taken from here on; whether one came before. */
    close(): boolean {
      over = true
      return requested
    },
    async mayCancel<T>(work: () => Promise<T>): Promise<T> {
      try {
        return await CancellationScope.cancellable(async () => {
          scope = CancellationScope.current()
          if (requested) scope.cancel() // it came during probe or debit and takes effect here
          return await work()
        })
      } finally {
        over = true
      }
    },
  }
}
