import type { UpscaleFactor } from '@upscale/types'

/** Holds from `validFrom` until the next one of its factor. */
export interface RateTable {
  factor: UpscaleFactor
  creditsPerSecond: number
  validFrom: Date
}
