import type { Selectable } from 'kysely'
import { toCredits } from '@upscale/types'
import type { TaskTable } from '../db/schema/task.ts'
import type { ShownOrder, Task } from './task.ts'
import type { TaskState } from './task-state.ts'

export const STATE = [
  'status',
  'stage',
  'changedAt',
  'parkedAt',
  'progress',
  'etaSeconds',
  'attempts',
  'attemptsBefore',
  'media',
  'creditsUsed',
  'creditsPerSecond',
  'creditsRemaining',
  'outputKey',
  'output',
  'timings',
  'error',
  'startedAt',
  'completedAt',
  'expiresAt',
] as const satisfies (keyof TaskState)[]

export const snake = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)

/** What a prepared statement selects of the state of task `t`. */
export const STATE_OF_T = [...STATE, 'transactions']
  .map((name) => `t.${snake(name)} as "${name}"`)
  .join(', ')

/** What a prepared statement selects of task `t` and its order `o`: all but the place in the queue. */
export const TASK_OF_O_AND_T = `
  o.task_id as "taskId", o.account_id as "accountId", o.livemode,
  o.request_id as "requestId", o.model, o.video_url as "videoUrl",
  o.upscale_factor as "upscaleFactor", o.metadata, o.created_at as "createdAt",
  t.cancel_requested_at as "cancelRequestedAt",
  t.event_seq as "eventSeq", ${STATE_OF_T}`

/** The state as it stands in the table. */
export type StateRow = Pick<Selectable<TaskTable>, (typeof STATE)[number] | 'transactions'>

/** A recorded task as `TASK_OF_O_AND_T` reads it. */
export type TaskRow = ShownOrder &
  StateRow &
  Pick<Task, 'cancelRequestedAt' | 'eventSeq' | 'queuePosition'>

const DATES: readonly string[] = [
  'createdAt',
  'changedAt',
  'parkedAt',
  'startedAt',
  'completedAt',
  'expiresAt',
  'cancelRequestedAt',
]
const BIGINTS: readonly string[] = ['creditsUsed', 'creditsPerSecond', 'creditsRemaining']

/** A row that came as one JSON value, where a date is a text and a bigint a number; it is changed in place. */
export function rowFromJson(row: Record<string, unknown>): unknown {
  for (const name of DATES) if (typeof row[name] === 'string') row[name] = new Date(row[name])
  for (const name of BIGINTS) if (typeof row[name] === 'number') row[name] = BigInt(row[name])
  return row
}

/** Credits are bigint in the database, numbers in JSON. */
export const stateFrom = <Row extends Pick<StateRow, CreditsOfRow>>(row: Row) => ({
  ...row,
  creditsUsed: creditsFrom(row.creditsUsed),
  creditsPerSecond: creditsFrom(row.creditsPerSecond),
  creditsRemaining: creditsFrom(row.creditsRemaining),
})

type CreditsOfRow = 'creditsUsed' | 'creditsPerSecond' | 'creditsRemaining'
const creditsFrom = (value: bigint | null): number | null =>
  value === null ? null : toCredits(value)
