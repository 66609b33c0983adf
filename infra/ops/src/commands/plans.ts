import type { Command } from 'commander'
import type { RatesView } from '@upscale/types'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { renderPlans } from '../output/plans.ts'

export function addPlans(program: Command, openDesk: OpenDesk): void {
  const command = program
    .command('plans')
    .description("what each plan pays for a credit and, at today's rates, for a second")
    .action(async (_options: object, command: Command) => {
      const { api, show } = openDesk(command)
      show(await api.get<RatesView>('/internal/billing/rates'), renderPlans)
    })
  addExample(command, 'plans')
}
