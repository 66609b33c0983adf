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
  const told = events.slice(ownFrom(events, known)).flatMap((event) => {
    const line =
      activityLine(event, activities) ??
      updateLine(event, updates) ??
      runLine(event, { runId, isFirst }, timers)
    return line ? [workflowEvent(event.eventTime, line)] : []
  })
  return shortened(told, runId)
}

const MAX_TOLD = 300 // a job that was parked and retried ten times has half of it
const TOLD_FIRST = 50

/** How it began and how it went last; what is left out between is said. */
function shortened(told: TimelineEvent[], runId: string): TimelineEvent[] {
  const more = told.length - MAX_TOLD
  const [next] = told.slice(TOLD_FIRST)
  if (more <= 0 || !next) return told
  const what = `and ${more} more events of run ${runId}: the Temporal UI shows them`
  const left = { ...next, what, who: undefined }
  return [...told.slice(0, TOLD_FIRST), left, ...told.slice(TOLD_FIRST + more)]
}

/** What stands before the last Reset was copied from the run that was reset, and is shown there. */
const ownFrom = (events: readonly HistoryEvent[], known: ReadonlySet<string>): number =>
  Math.max(
    0,
    events.findLastIndex((event) => known.has(resetIn(event)?.baseRunId ?? '')),
  )
