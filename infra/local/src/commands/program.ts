import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { CommanderError } from 'commander'
import { callerFolder } from '../caller-folder.ts'
import { DEFAULT_PORT, MAX_GATEWAYS } from '../ports.ts'
import { EXIT, Problem } from '../problem.ts'
import { inRepository } from '../repository.ts'
import { BENCHES, bench } from './bench.ts'
import { demo } from './demo.ts'
import type { DemoOptions } from './demo.ts'
import { PARTS, prove } from './prove.ts'
import { start } from './start.ts'
import type { StartOptions } from './start.ts'
import { stop } from './stop.ts'
import { test } from './test.ts'

const stateOption = () =>
  new Option('--state <dir>', 'folder of everything that the stack keeps')
    .default(inRepository('.dev'), '.dev of the repository')
    .argParser((dir) => resolve(callerFolder(), dir))
const portOption = () =>
  new Option('--port <n>', 'port of the API; the other ports follow it').default(
    String(DEFAULT_PORT),
  )
const jsonOption = () => new Option('--json', 'one JSON object per line, for scripts')

/** The commands of the local stack. */
export function createProgram(): Command {
  const program = new Command('upscale').description('Upscale on this machine')
  refuseAsUsage(program)
  program
    .command('start')
    .description(
      'start everything, print where it is, and follow its log; of a running stack it shows the same',
    )
    .addOption(stateOption())
    .addOption(portOption())
    .option(
      '--gateways <n>',
      `how many processes serve the API, 1 to ${MAX_GATEWAYS}; each further one has two ports of its own, after the others, and PUBLIC_URL names the balancer before them`,
      '1',
    )
    .addOption(jsonOption())
    .option('--only <services>', 'show only the log of these services, separated by commas')
    .option(
      '--without <services>',
      'leave these out, for example upscale-worker to run it elsewhere',
    )
    .option('--with-stdin', 'stop when standard input ends: for scripts that may be killed')
    .action((options: StartOptions) => start(options))
  program
    .command('stop')
    .description('stop the stack, and whatever a killed one left')
    .addOption(stateOption())
    .action((options: { state: string }) => stop(options.state))
  program
    .command('demo')
    .description('upscale one video from start to end, on a stack that is started if none runs')
    .argument('[file-or-url]', 'video to upscale (default: the sample clip)')
    .option('--factor <factor>', '1, 2 or 4', '2')
    .option('--out <file>', 'where the result goes (default: the state folder)')
    .option('--keep', 'leave the stack running')
    .addOption(stateOption())
    .addOption(portOption())
    .addOption(jsonOption())
    .action((source: string | undefined, options: DemoOptions) => demo(source, options))
  program
    .command('bench')
    .description('print each figure that we claim beside its peer or floor, in one run')
    .argument(
      '[parts...]',
      Object.entries(BENCHES)
        .map(([part, what]) => `${part}: ${what}`)
        .join('; '),
    )
    .action((parts: string[]) => bench(parts))
  program
    .command('test')
    .description('run all tests with a PostgreSQL and a Temporal server of their own')
    .argument('[turbo-arguments...]', 'handed on, such as --filter=@upscale/billing')
    .allowUnknownOption()
    .passThroughOptions()
    .action((turboArgs: string[]) => test(turboArgs))
  program
    .command('prove')
    .description('show at length that no credit is lost: chaos, kills and resets; see --help')
    .argument('[parts...]', Object.keys(PARTS).join(', ') + ' (default: all, one after the other)')
    .addHelpText('after', () => `\n${partsHelp()}`)
    .action((parts: string[]) => prove(parts))
  return program
}

const partsHelp = (): string =>
  Object.entries(PARTS)
    .map(([name, { mayTake, what }]) => `  ${name.padEnd(7)} ${mayTake.padEnd(13)} ${what}`)
    .join('\n')

function refuseAsUsage(program: Command): void {
  program.enablePositionalOptions().exitOverride((error: CommanderError) => {
    if (error.exitCode === 0) process.exit(EXIT.ok)
    throw new Problem('See --help.', EXIT.usage)
  })
}
