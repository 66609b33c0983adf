import type { Colors } from 'picocolors/types.js'
import type { RateView } from '@upscale/types'
import { renderTable } from './table.ts'
import { count, when } from './words.ts'

type Time = 'past' | 'now' | 'later'

/** The schedule, and which of its prices holds now. */
export function renderRates(schedule: readonly RateView[], now: Date, colors: Colors): string {
  const rows = schedule.map((rate) => ({ ...rate, time: timeOf(rate, schedule, now) }))
  return renderTable(
    [
      { title: 'FACTOR', text: ({ factor }) => factor, align: 'right' },
      {
        title: 'CREDITS/S',
        text: ({ creditsPerSecond }) => count(creditsPerSecond),
        align: 'right',
      },
      { title: 'FROM', text: ({ validFrom }) => when(validFrom) },
      { title: 'HOLDS', text: ({ time }) => time, paint: ({ time }) => painterOf(time, colors) },
    ],
    rows,
    colors,
  )
}

/** A rate holds until the next one of its factor. */
function timeOf(rate: RateView, schedule: readonly RateView[], now: Date): Time {
  const from = Date.parse(rate.validFrom)
  if (from > now.getTime()) return 'later'
  const isReplaced = schedule.some(({ factor, validFrom }) => {
    const time = Date.parse(validFrom)
    return factor === rate.factor && time > from && time <= now.getTime()
  })
  return isReplaced ? 'past' : 'now'
}

function painterOf(time: Time, colors: Colors): (text: string) => string {
  if (time === 'now') return colors.green
  return time === 'past' ? colors.dim : String
}
