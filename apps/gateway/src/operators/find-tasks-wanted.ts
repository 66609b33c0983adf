import {
  AppError,
  accountIdOf,
  isAccountId,
  isCustomerId,
  isTaskId,
  unreachable,
} from '@upscale/types'
import type { AccountId, RequestId, TaskId } from '@upscale/types'

/** What an operator looks for. */
export type Wanted =
  | { by: 'task'; taskId: TaskId }
  | { by: 'request'; requestId: RequestId }
  | { by: 'accounts'; accountIds: AccountId[] }

const REQUEST_ID = /^req_[A-Za-z0-9]{1,64}$/

/** Reads a task, request, account or customer id; a customer means both of its accounts. */
export function wantedFrom(find: string): Wanted {
  if (isTaskId(find)) return { by: 'task', taskId: find }
  if (REQUEST_ID.test(find)) return { by: 'request', requestId: find as RequestId }
  if (isAccountId(find)) return { by: 'accounts', accountIds: [find] }
  if (isCustomerId(find)) {
    return { by: 'accounts', accountIds: [accountIdOf(find, true), accountIdOf(find, false)] }
  }
  throw new AppError('INVALID_PARAMETER', `find is no id that we know. ${GIVE}`, { param: 'find' })
}

/** Says what was looked for, and what can be given instead. */
export const nothingFound = (wanted: Wanted): AppError =>
  new AppError('NOT_FOUND', `${looked(wanted)}. ${GIVE}`, { key: 'nothing_found', param: 'find' })

const GIVE =
  'Give a task or workflow id (task_…), a request id (req_…), an account (<customer>:live or ' +
  '<customer>:test) or a customer'

function looked(wanted: Wanted): string {
  switch (wanted.by) {
    case 'task':
      return `There is no task ${wanted.taskId}, and no workflow of that id`
    case 'request':
      return (
        `No task was made by request ${wanted.requestId}; a request that was refused leaves none, ` +
        "and its reason stands in the gateway's log"
      )
    case 'accounts':
      return `There is no task of ${wanted.accountIds.join(' or ')}`
    default:
      return unreachable(wanted)
  }
}
