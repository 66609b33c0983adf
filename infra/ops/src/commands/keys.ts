import type { Command } from 'commander'
import { accountIdOf } from '@upscale/types'
import type { Because, CustomerId, KeyView, NewKeyView, RotateKeyRequest } from '@upscale/types'
import { readCustomerId, readText, readWhole } from '../arguments.ts'
import { addBecause, becauseOf } from '../because.ts'
import type { BecauseOptions } from '../because.ts'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { keyColumns } from '../output/key-columns.ts'
import { renderTable } from '../output/table.ts'
import { many } from '../output/words.ts'
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
    .action(async (customerId: CustomerId, _options: object, command: Command) => {
      const { api, show, now } = openDesk(command)
      const list = await api.get<{ items: KeyView[] }>('/internal/keys', { customerId })
      show(list, ({ items }, colors) => renderTable(keyColumns(now()), items, colors))
    })
  addExample(command, 'keys list acme')
}

interface CreateOptions extends BecauseOptions {
  name?: string
  test?: boolean
}

interface CreateKeyRequest extends Because {
  customerId: CustomerId
  name: string
  livemode: boolean
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
      const { api, show } = openDesk(command)
      const account = accountIdOf(customerId, request.livemode)
      show(
        await api.post<NewKeyView>('/internal/keys', request),
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
      'how long the old key opens yet',
      (text: string) => readWhole('--grace-hours', text, 0),
      24,
    )
    .action(async (keyId: string, options: RotateOptions, command: Command) => {
      const { graceHours } = options
      const request: RotateKeyRequest = { graceHours, ...becauseOf(options, world) }
      const { api, show } = openDesk(command)
      show(
        await api.post<NewKeyView>(`/internal/keys/${encodeURIComponent(keyId)}/rotate`, request),
        ({ id, key }) =>
          `Key ${id}, in the place of ${keyId}, which opens for ${many(graceHours, 'hour')} yet; shown this once: ${key}`,
      )
    })
  addExample(addBecause(command), 'keys rotate 4f1c… --grace-hours 48 --reason "yearly rotation"')
}

function addRevoke(keys: Command, openDesk: OpenDesk, world: World): void {
  const command = keys
    .command('revoke')
    .description('end a key: it opens nothing a few seconds later')
    .argument('<key>', "the key's id, as `keys list` shows it")
    .action(async (keyId: string, options: BecauseOptions, command: Command) => {
      const request: Because = becauseOf(options, world)
      const { api, show } = openDesk(command)
      const path = `/internal/keys/${encodeURIComponent(keyId)}/revoke`
      show(await api.post(path, request), () => `Key ${keyId} is revoked.`)
    })
  addExample(addBecause(command), 'keys revoke 4f1c… --reason "found in a public repository"')
}
