import { expect, test } from '@jest/globals'
import type { Command } from 'commander'
import { createProgram } from './program.ts'

const silent = { write: () => true }

const program = createProgram({
  env: {},
  cwd: '/',
  stateFolder: '/',
  stdout: silent,
  stderr: silent,
  userName: () => 'ann',
  now: () => new Date(),
})

const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}`.trim() : ''

/** Every command that does something. */
const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves)

const LEAVES = leaves(program).map((command): [string, Command] => [nameOf(command), command])

const CHANGES = [
  'retry',
  'refund',
  'rerun',
  'cancel',
  'reverse',
  'accounts open',
  'accounts plan',
  'keys create',
  'keys rotate',
  'keys revoke',
  'grant',
  'adjust',
  'rates add',
  'books accept',
  'reconcile',
]

const READS = [
  'find',
  'show',
  'accounts list',
  'accounts show',
  'keys list',
  'transactions',
  'plans',
  'audit',
  'doctor',
  'views',
]

test('every command is here once', () => {
  expect(LEAVES.map(([name]) => name).sort()).toEqual([...CHANGES, ...READS].sort())
})

test.each(LEAVES)('the help of %s has an example that begins with it', (name, command) => {
  let help = ''
  command.configureOutput({ writeOut: (text) => void (help += text) })
  command.outputHelp()
  expect(help).toContain(`Example:\n  npx pnpm@12 ops ${name}`)
})

test.each(LEAVES)(
  '%s asks for a reason, and can be tried, if it changes something',
  (name, command) => {
    const options = ['--reason', '--actor', '--dry-run']
    const has = options.filter((option) => command.options.some(({ long }) => long === option))
    expect(has).toEqual(CHANGES.includes(name) ? options : [])
  },
)
