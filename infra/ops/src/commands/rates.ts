import type { Command } from 'commander'
import type { Because, RateView, RatesView, UpscaleFactor } from '@upscale/types'
import { readFactor, readInstant, readWhole } from '../arguments.ts'
import { addBecause, becauseOf } from '../because.ts'
import type { BecauseOptions } from '../because.ts'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { renderRates } from '../output/rates.ts'
import { many, when } from '../output/words.ts'
import { usageProblem } from '../problem.ts'
import type { World } from '../world.ts'

export function addRates(program: Command, openDesk: OpenDesk, world: World): void {
  const rates = program
    .command('rates')
    .description('every price of a second there was, is and will be, by factor')
    .action(async (_options: object, command: Command) => {
      const { api, show, now } = openDesk(command)
      const view = await api.get<RatesView>('/internal/billing/rates')
      show(view, ({ schedule }, colors) => renderRates(schedule, now(), colors))
    })
  addExample(rates, 'rates')
  addAdd(rates, openDesk, world)
}

interface AddOptions extends BecauseOptions {
  factor?: UpscaleFactor
  creditsPerSecond?: number
  from?: string
}

function addAdd(rates: Command, openDesk: OpenDesk, world: World): void {
  const command = rates
    .command('add')
    .description('a new price from a time in the future on; charges that stand keep theirs')
    .option('--factor <factor>', '1, 2 or 4 (required)', readFactor)
    .option('--credits-per-second <n>', 'the price (required)', (text: string) =>
      readWhole('--credits-per-second', text, 1),
    )
    .option('--from <time>', 'as 2027-01-31T00:00:00Z, or a day in UTC (required)', readInstant)
    .action(async (options: AddOptions, command: Command) => {
      const request: RateView & Because = { ...rateOf(options), ...becauseOf(options, world) }
      const { change } = openDesk(command)
      const { factor, creditsPerSecond, validFrom } = request
      await change(
        '/internal/billing/rates',
        request,
        () =>
          `Factor ${factor} costs ${many(creditsPerSecond, 'credit')} a second from ${when(validFrom)} on.`,
      )
    })
  addExample(
    addBecause(command),
    'rates add --factor 4 --credits-per-second 30 --from 2027-01-31 --reason "new price list"',
  )
}

function rateOf({ factor, creditsPerSecond, from }: AddOptions): RateView {
  if (factor === undefined || creditsPerSecond === undefined || from === undefined) {
    throw usageProblem('A rate needs --factor, --credits-per-second and --from.')
  }
  return { factor, creditsPerSecond, validFrom: from }
}
