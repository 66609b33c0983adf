import type { RateView } from '@upscale/types'
import type { RateTable } from '../db/schema/rate.ts'

export const rateView = ({ factor, creditsPerSecond, validFrom }: RateTable): RateView => ({
  factor,
  creditsPerSecond,
  validFrom: validFrom.toISOString(),
})
