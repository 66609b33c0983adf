import type { Command } from 'commander'
import { GRACE_MAX_HOURS, accountIdOf } from '@upscale/types'
import type {
  Because,
  CreateKeyRequest,
  CustomerId,
  KeyView,
  NewKeyView,
  RotateKeyRequest,
} from '@upscale/types'
import { readCustomerId, readText, readWhole } from '../arguments.ts'
import { addBecause, becauseOf } from '../because.ts'
import type { BecauseOptions } from '../because.ts'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { keyColumns } from '../output/key-columns.ts'
import { renderTable } from '../output/table.ts'
import { many } from '../output/words.ts'
import { addPages, moreText, readPages } from '../pages.ts'
import type { PageOptions } from '../pages.ts'
import type { World } from '../world.ts'

export function addKeys(program: Command, openDesk: OpenDesk, world: World): void {
  const keys = program.command('keys').description("customers' API keys")
  addList(keys, openDesk)
  addCreate(keys, openDesk, world)
  addRotate(keys, openDesk, world)
  addRevoke(keys, openDesk, world)
}

function addList(keys: Command, openDesk: OpenDesk): void {
  const command = keys
    .command('list')
    .description('keys of a customer, oldest first, without their text')
    .argument('<customer>', 'customer id', readCustomerId)
    .action(async (customerId: CustomerId, options: PageOptions, command: Command) => {
      const { api, show, now } = openDesk(command)
      const found = await readPages<KeyView>(api, '/internal/keys', options, { customerId })
      const columns = keyColumns(now())
      show(found, (list, colors) => renderTable(columns, list.items, colors) + moreText(list))
    })
  addExample(addPages(command), 'keys list acme', 'keys list acme --all')
}

interface CreateOptions extends BecauseOptions {
  name?: string
  test?: boolean
}

function addCreate(keys: Command, openDesk: OpenDesk, world: World): void {
  const command = keys
    .command('create')
    .description('make a key; its text is shown this once')
    .argument('<customer>', 'customer id', readCustomerId)
    .option('--name <name>', 'what the key is for (required)')
    .option('--test', 'of the test account; else of the live one')
    .action(async (customerId: CustomerId, options: CreateOptions, command: Command) => {
      const request: CreateKeyRequest = {
        customerId,
        name: readText('Say with --name what the key is for.', options.name),
        livemode: !options.test,
        ...becauseOf(options, world),
      }
      const { change } = openDesk(command)
      const account = accountIdOf(customerId, request.livemode)
      await change<NewKeyView>(
        '/internal/keys',
        request,
        ({ id, key }) => `Key ${id} of ${account}, shown this once: ${key}`,
      )
    })
  addExample(addBecause(command), 'keys create acme --name server --reason "asked by mail"')
}

interface RotateOptions extends BecauseOptions {
  graceHours: number
}

function addRotate(keys: Command, openDesk: OpenDesk, world: World): void {
  const command = keys
    .command('rotate')
    .description('make a new key in the place of an old one, which opens for a while yet')
    .argument('<key>', "the old key's id, as `keys list` shows it")
    .option(
      '--grace-hours <n>',
      `how long the old key opens yet, at most ${GRACE_MAX_HOURS}`,
      (text: string) => readWhole('--grace-hours', text, 0, GRACE_MAX_HOURS),
      24,
    )
    .action(async (keyId: string, options: RotateOptions, command: Command) => {
      const { graceHours } = options
      const request: RotateKeyRequest = { graceHours, ...becauseOf(options, world) }
      const { change } = openDesk(command)
      const path = `/internal/keys/${encodeURIComponent(keyId)}/rotate`
      await change<NewKeyView>(
        path,
        request,
        ({ id, key }) =>
          `Key ${id}, in the place of ${keyId}, which opens for ${many(graceHours, 'hour')} yet; shown this once: ${key}`,
      )
    })
  addExample(
    addBecause(command),
    'keys rotate key_3kTMd0vIWwMRuHsMeJIk --grace-hours 48 --reason "yearly rotation"',
  )
}

function addRevoke(keys: Command, openDesk: OpenDesk, world: World): void {
  const command = keys
    .command('revoke')
    .description('end a key: it opens nothing a few seconds later')
    .argument('<key>', "the key's id, as `keys list` shows it")
    .action(async (keyId: string, options: BecauseOptions, command: Command) => {
      const request: Because = becauseOf(options, world)
      const { change } = openDesk(command)
      const path = `/internal/keys/${encodeURIComponent(keyId)}/revoke`
      await change(path, request, () => `Key ${keyId} is revoked.`)
    })
  addExample(
    addBecause(command),
    'keys revoke key_3kTMd0vIWwMRuHsMeJIk --reason "found in a public repository"',
  )
}
