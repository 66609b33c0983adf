import { unreachable } from '@upscale/types'
import type { AuditEntry, TimelineEvent } from '@upscale/types'
import { timelineEvent } from './timeline-event.ts'

/** What operators did to the task through our own tools. */
export const operatorEvents = (actions: readonly AuditEntry[]): TimelineEvent[] =>
  actions.map((action) =>
    timelineEvent('operator', new Date(action.at), { what: actionText(action), who: action.actor }),
  )

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
