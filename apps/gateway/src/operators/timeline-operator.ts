import { unreachable } from '@upscale/types'
import type { AuditEntry, TimelineEvent } from '@upscale/types'
import { timelineEvent } from './timeline-event.ts'

/** What operators did to the task through our own tools: the newest, and that there are more. */
export function operatorEvents(actions: readonly AuditEntry[], most: number): TimelineEvent[] {
  const shown = actions.slice(0, most)
  const events = shown.map((action) =>
    timelineEvent('operator', new Date(action.at), { what: actionText(action), who: action.actor }),
  )
  const oldest = shown.at(-1)
  if (!oldest || actions.length === shown.length) return events
  const what = `more than ${most} actions: ops audit ${oldest.target} --all lists the older ones, too`
  return [timelineEvent('operator', new Date(oldest.at), { what }), ...events]
}

function actionText({ action, reason, outcome, detail }: AuditEntry): string {
  const end = detail === null ? '' : ` (${detail})`
  return `${action} ${outcomeText(outcome)}: ${reason}${end}`
}

function outcomeText(outcome: AuditEntry['outcome']): string {
  switch (outcome) {
    case 'begun':
      return 'begun, and nobody heard how it ended'
    case 'done':
    case 'refused':
    case 'failed':
      return outcome
    default:
      return unreachable(outcome)
  }
}
