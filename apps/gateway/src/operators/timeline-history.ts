import type { TimelineEvent } from '@upscale/types'
import { activitiesIn, activityLine } from './timeline-activities.ts'
import { workflowEvent } from './timeline-event.ts'
import type { HistoryEvent } from './timeline-event.ts'
import { updateLine, updateNamesIn } from './timeline-updates.ts'
import { resetIn, runLine, timersIn } from './timeline-workflow.ts'

export interface RunHistory {
  runId: string
  events: readonly HistoryEvent[]
}

/** What happened in the runs of one workflow, in words. A run that a Reset made repeats nothing. */
export const historyEvents = (runs: readonly RunHistory[]): TimelineEvent[] => {
  const known = new Set(runs.map(({ runId }) => runId))
  return runs.flatMap((run, i) => eventsOf(run, { isFirst: i === 0, known }))
}

function eventsOf(
  { runId, events }: RunHistory,
  { isFirst, known }: { isFirst: boolean; known: ReadonlySet<string> },
): TimelineEvent[] {
  const activities = activitiesIn(events)
  const updates = updateNamesIn(events)
  const timers = timersIn(events)
  return events.slice(ownFrom(events, known)).flatMap((event) => {
    const line =
      activityLine(event, activities) ??
      updateLine(event, updates) ??
      runLine(event, { runId, isFirst }, timers)
    return line ? [workflowEvent(event.eventTime, line)] : []
  })
}

/** What stands before the last Reset was copied from the run that was reset, and is shown there. */
const ownFrom = (events: readonly HistoryEvent[], known: ReadonlySet<string>): number =>
  Math.max(
    0,
    events.findLastIndex((event) => known.has(resetIn(event)?.baseRunId ?? '')),
  )
