import type { RefundInput } from '@upscale/types'

/** Whole percent of the price that stays with us: the part done, and only where the customer canceled. */
export function keepPercentOf({
  code,
  donePercent,
}: Pick<RefundInput, 'code' | 'donePercent'>): number {
  if (code !== 'TASK_CANCELED' || !(donePercent > 0)) return 0
  return Math.floor(Math.min(donePercent, 100))
}
