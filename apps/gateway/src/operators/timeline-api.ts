import type { TimelineEvent } from '@upscale/types'
import { timelineEvent } from './timeline-event.ts'
import type { TaskFacts } from './timeline-store.ts'

/** The order, and what customers see of its task. */
export function apiEvents(task: TaskFacts): TimelineEvent[] {
  const { requestId, model, factor, sourceHost, accountId, createdAt } = task
  const what = `${model} at ${factor}x ordered by request ${requestId}, source at ${sourceHost}`
  return [timelineEvent('api', createdAt, { what, who: accountId }), ...rowEvents(task)]
}

function rowEvents({ row }: TaskFacts): TimelineEvent[] {
  if (!row) return []
  const { status, stage, progress, attempts, parkedAt, completedAt, changedAt, error } = row
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`
  const say = (at: Date, what: string) => [timelineEvent('api', at, { what: `task ${what}` })]
  if (completedAt) {
    const why = error ? `: ${error.code}: ${error.message}` : ''
    return say(completedAt, `shows as ${status} after ${tries}${why}`)
  }
  if (parkedAt) return say(parkedAt, `is parked after ${tries}`)
  const percent = Math.round(progress * 100)
  return say(changedAt, `shows as ${status}: ${stage}, ${percent} %, ${tries}`)
}
