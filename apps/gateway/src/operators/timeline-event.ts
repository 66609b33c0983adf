import type { History } from '@temporalio/common/lib/proto-utils.js'
import type { TimelineEvent } from '@upscale/types'
import { msOf } from './temporal-time.ts'
import type { ProtoTime } from './temporal-time.ts'

export type HistoryEvent = NonNullable<History['events']>[number]

/** What an event says; its time is the event's own. */
export interface Line {
  what: string
  /** Empty: nobody said who they are. */
  who?: string | null | undefined
}

export const timelineEvent = (
  source: TimelineEvent['source'],
  at: Date,
  { what, who }: Line,
): TimelineEvent => ({ at: at.toISOString(), source, what, ...(who && { who }) })

export const workflowEvent = (at: ProtoTime, line: Line): TimelineEvent =>
  timelineEvent('workflow', new Date(msOf(at)), line)

const UNITS = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const

/** A length of time for people: `24 h`, `90 s`, `250 ms`. */
export function lengthText(ms: number): string {
  const [unitMs, name] = UNITS.find(([unit]) => ms >= unit && ms % unit === 0) ?? [1, 'ms']
  return `${ms / unitMs} ${name}`
}
