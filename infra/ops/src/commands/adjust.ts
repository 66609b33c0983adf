import type { Command } from 'commander'
import type { AccountId, AdjustRequest, GrantView, TaskId } from '@upscale/types'
import { readAccountId, readDelta, readTaskId, readText } from '../arguments.ts'
import { addBecause, becauseOf } from '../because.ts'
import type { BecauseOptions } from '../because.ts'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { bookedBefore } from '../output/booked-before.ts'
import { count, signed } from '../output/words.ts'
import type { World } from '../world.ts'

interface AdjustOptions extends BecauseOptions {
  key?: string
  task?: TaskId
}

export function addAdjust(program: Command, openDesk: OpenDesk, world: World): void {
  const command = program
    .command('adjust')
    .description('correct a balance by a new ledger line, once per key; never below zero')
    .argument('<account>', '<customer>:live or <customer>:test', readAccountId)
    .argument('<credits>', 'a whole number with its sign, such as +50 or -50', readDelta)
    .option('--key <id>', 'name of the correction (required): the same one corrects once')
    .option('--task <task>', 'the task that it is about', readTaskId)
    .action(async (account: AccountId, delta: number, options: AdjustOptions, command: Command) => {
      const key = readText(
        'Name the correction with --key: the same one corrects only once.',
        options.key,
      )
      const { task: taskId } = options
      const request: AdjustRequest = { key, delta, taskId, ...becauseOf(options, world) }
      const { change } = openDesk(command)
      const path = `/internal/billing/accounts/${account}/adjustments`
      await change<GrantView>(
        path,
        request,
        ({ balance }) =>
          `Corrected ${account} by ${signed(delta)}; its balance is ${count(balance)}.`,
        (answer) => bookedBefore(key, answer),
      )
    })
  addExample(
    addBecause(command),
    'adjust acme:live -50 --key fix_12 --reason "granted twice on 3 May"',
  )
}
