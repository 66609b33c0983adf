import { UPSCALE_FACTORS } from '@upscale/types'
import type { RatesView } from '@upscale/types'
import { readPlans, readRates, readSchedule } from '../pricing/rate-store.ts'
import { rateView } from '../pricing/rate-view.ts'
import type { Operation } from './operation.ts'

export const getRates: Operation = async ({ db }, _req, res) => {
  const [rates, plans, schedule] = await Promise.all([
    readRates(db),
    readPlans(db),
    readSchedule(db),
  ])
  const creditsPerSecond = Object.fromEntries(
    rates.map((rate) => [rate.factor, rate.creditsPerSecond]),
  ) as RatesView['creditsPerSecond']
  const missing = UPSCALE_FACTORS.filter((factor) => creditsPerSecond[factor] === undefined)
  const [rate] = rates
  if (!rate || missing.length > 0) {
    throw new Error(`No rate holds now for factor ${missing.join(', ')}`)
  }
  res.json({
    at: rate.at.toISOString(),
    creditsPerSecond,
    plans,
    schedule: schedule.map(rateView),
  } satisfies RatesView)
}
