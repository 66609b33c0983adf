import { Option } from 'commander'
import type { Command } from 'commander'
import { GRANT_PURPOSES } from '@upscale/types'
import type { AccountId, GrantPurpose, GrantRequest, GrantView } from '@upscale/types'
import { readAccountId, readCredits, readText } from '../arguments.ts'
import { addBecause, becauseOf } from '../because.ts'
import type { BecauseOptions } from '../because.ts'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { count, many } from '../output/words.ts'
import { bookedBefore } from '../output/booked-before.ts'
import type { World } from '../world.ts'

interface GrantOptions extends BecauseOptions {
  key?: string
  purpose: GrantPurpose
}

export function addGrant(program: Command, openDesk: OpenDesk, world: World): void {
  const command = program
    .command('grant')
    .description('give credits to an account, once per payment')
    .argument('<account>', '<customer>:live or <customer>:test', readAccountId)
    .argument('<credits>', 'a whole number', readCredits)
    .option('--key <id>', 'payment id or the like (required): the same one grants once')
    .addOption(
      new Option('--purpose <purpose>', 'what they are given for')
        .choices(GRANT_PURPOSES)
        .makeOptionMandatory(),
    )
    .action(
      async (account: AccountId, credits: number, options: GrantOptions, command: Command) => {
        const { purpose } = options
        const key = readText(
          'Name the payment with --key: the same one grants only once.',
          options.key,
        )
        const request: GrantRequest = { key, credits, purpose, ...becauseOf(options, world) }
        const { change } = openDesk(command)
        const path = `/internal/billing/accounts/${account}/grants`
        await change<GrantView>(
          path,
          request,
          ({ balance }) =>
            `Granted ${many(credits, 'credit')} to ${account}; its balance is ${count(balance)}.`,
          (answer) => bookedBefore(key, answer),
        )
      },
    )
  addExample(
    addBecause(command),
    'grant acme:live 10000 --key pay_81 --purpose pack --reason "invoice 81"',
  )
}
