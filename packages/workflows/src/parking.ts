import { condition, setHandler } from '@temporalio/workflow'
import type { OperatorNote } from '@upscale/types'
import { refuseUpdate } from './failures.ts'
import { refundUpdate, retryUpdate } from './messages.ts'

export type Decision = 'retry' | 'refund'
export type Park = ReturnType<typeof openParking>

/** Waits for an operator's `retry` or `refund`; when nobody decides in time, it is a refund. */
export function openParking() {
  let waiting = false
  let decision: Decision | undefined
  const decided = (): Decision | undefined => decision // a call: the compiler does not see handlers assign

  const decide = (choice: Decision) => (note?: OperatorNote) => {
    decision = choice
    return `${choice}: ${noteText(note)}`
  }
  // The parameter has to be spelled for the update's type, though only the state decides.
  const validator = (_note?: OperatorNote) => {
    if (!waiting) throw refuseUpdate('NOT_PARKED', 'This job does not wait for an operator')
    if (decided()) throw refuseUpdate('NOT_PARKED', `Already decided: ${decided()}`)
  }
  setHandler(retryUpdate, decide('retry'), {
    validator,
    description: 'Parked jobs only: upscale again. Data may stay empty, or a text with the reason',
  })
  setHandler(refundUpdate, decide('refund'), {
    validator,
    description: 'Parked jobs only: give the credits back and end. Data may stay empty',
  })

  return async function park(limitMs: number): Promise<Decision> {
    waiting = true
    decision = undefined
    try {
      await condition(() => decided() !== undefined, limitMs, {
        summary: 'refund unless an operator decides',
      })
      return decided() ?? 'refund'
    } finally {
      waiting = false
    }
  }
}

function noteText(note: OperatorNote | undefined): string {
  if (typeof note === 'string') return note
  return [note?.actor, note?.reason].filter(Boolean).join(', ') || 'no reason given'
}
