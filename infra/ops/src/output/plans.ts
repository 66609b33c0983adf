import type { Colors } from 'picocolors/types.js'
import type { RatesView } from '@upscale/types'
import { renderTable } from './table.ts'
import type { Column } from './table.ts'
import { NONE, count, dollars } from './words.ts'

type Plan = RatesView['plans'][number]

/** Price of a credit and of a second at each of today's rates, and the daily quota. */
export function renderPlans({ plans, creditsPerSecond }: RatesView, colors: Colors): string {
  const rates = [...new Set(Object.values(creditsPerSecond))].sort((a, b) => a - b)
  return renderTable(
    [
      { title: 'PLAN', text: ({ id }) => id },
      { title: 'A CREDIT', text: (plan) => price(plan, 1), align: 'right' },
      ...rates.map((rate): Column<Plan> => ({
        title: `A SECOND AT ${rate}`,
        text: (plan) => price(plan, rate),
        align: 'right',
      })),
      {
        title: 'TASKS A DAY',
        text: ({ dailyTasks }) => (dailyTasks === null ? 'no limit' : count(dailyTasks)),
        align: 'right',
      },
    ],
    plans,
    colors,
  )
}

const price = ({ usdMicrosPerCredit }: Plan, credits: number): string =>
  usdMicrosPerCredit === null ? NONE : dollars(usdMicrosPerCredit * credits)
