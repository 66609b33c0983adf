import { AppError } from '@upscale/types'
import type { RateView } from '@upscale/types'
import type { BillingContext } from '../context.ts'
import type { RateTable } from '../db/schema/rate.ts'
import { detailOf, refusalOf, unavailable } from '../ledger/ledger-failures.ts'
import { callAddRate } from './rate-store.ts'
import { rateView } from './rate-view.ts'

/** A price that begins in the future; a charge that stands keeps its own, in a rerun too. */
export async function addRate({ db, events }: BillingContext, rate: RateTable): Promise<RateView> {
  await callAddRate(db, rate).catch((error: unknown) => {
    events.ledgerFailed('add_rate', error)
    throw rateFailure(error, rate)
  })
  const view = rateView(rate)
  events.rateAdded(view)
  return view
}

function rateFailure(error: unknown, { factor, validFrom }: RateTable): AppError {
  switch (refusalOf(error)) {
    case 'LG409':
      return new AppError(
        'ACTION_REFUSED',
        `Factor ${factor} costs ${detailOf(error)} credits per second from ${validFrom.toISOString()} on, ` +
          'and a rate never changes: let the new one begin at another time',
        { key: 'rate_exists', param: 'validFrom' },
      )
    case 'LG422':
      return new AppError(
        'INVALID_PARAMETER',
        `validFrom: ${validFrom.toISOString()} is past, and a new rate must begin in the future`,
        { key: 'rate_not_in_future', param: 'validFrom' },
      )
    default:
      return unavailable()
  }
}
