import { AppError } from '@upscale/types'
import type { AcceptRequest } from '@upscale/types'
import type { BillingContext } from '../context.ts'
import { refusalOf, unavailable } from '../ledger/ledger-failures.ts'
import { because } from '../ledger/line-text.ts'
import { callAccept } from './finding-store.ts'

/** A person lets a finding be, for ever: it goes at once, and no pass brings it back. Safe to repeat. */
export async function acceptFinding(
  { db, events }: BillingContext,
  request: AcceptRequest,
): Promise<void> {
  const call = { ...request, ...because(request) }
  await callAccept(db, call).catch((error: unknown) => {
    events.ledgerFailed('accept', error)
    throw acceptFailure(error, request)
  })
  events.findingAccepted(call)
}

function acceptFailure(error: unknown, { check, subject }: AcceptRequest): AppError {
  switch (refusalOf(error)) {
    case 'LG404':
      return new AppError(
        'NOT_FOUND',
        `No finding ${check} of ${subject} stands: it was mended, or no pass has found it yet`,
        { key: 'finding_not_found', param: 'subject' },
      )
    case 'LG422':
      return new AppError(
        'ACTION_REFUSED',
        `Only delivered_unpaid is a person's to accept; a finding of ${check} has to be mended`,
        { key: 'not_acceptable', param: 'check' },
      )
    default:
      return unavailable()
  }
}
