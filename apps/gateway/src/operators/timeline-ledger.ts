import { unreachable } from '@upscale/types'
import type { ChargeView, LedgerLine, TaskBooks, TimelineEvent } from '@upscale/types'
import { timelineEvent } from './timeline-event.ts'

/** Every line of the ledger, and the charges whose end has no line. */
export const ledgerEvents = ({ lines, charges }: TaskBooks): TimelineEvent[] => [
  ...lines.map(lineEvent),
  ...charges.flatMap(chargeEvent),
]

function lineEvent(line: LedgerLine): TimelineEvent {
  const { kind, amount, balanceAfter, generation, reason, actor, createdAt } = line
  const of = generation === null ? '' : `, generation ${generation}`
  const signed = amount > 0 ? `+${amount}` : String(amount)
  const what = `${kind} ${signed} credits, balance ${balanceAfter}${of}: ${reason}`
  return timelineEvent('ledger', new Date(createdAt), { what, who: actor })
}

function chargeEvent(charge: ChargeView): TimelineEvent[] {
  const text = endText(charge)
  const at = new Date(charge.closedAt ?? charge.createdAt)
  const what = `generation ${charge.generation} ${text}`
  return text === undefined ? [] : [timelineEvent('ledger', at, { what })]
}

/** Undefined: the ledger's lines say it. */
function endText({ state, credits }: ChargeView): string | undefined {
  switch (state) {
    case 'settled':
      return `settled: ${credits} credits stand`
    case 'rejected':
      return `rejected: too few credits for the ${credits} that it costs`
    case 'voided':
      return 'voided: given up before it was charged'
    case 'debited':
    case 'refunded':
    case 'reversed':
    case 'waived':
      return undefined
    default:
      return unreachable(state)
  }
}
