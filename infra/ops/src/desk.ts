import { resolve } from 'node:path'
import type { Command } from 'commander'
import pc from 'picocolors'
import type { Colors } from 'picocolors/types.js'
import { createApiClient } from './api-client.ts'
import type { ApiClient } from './api-client.ts'
import { findGateway } from './find-gateway.ts'
import { readLocalStack } from './local-stack.ts'
import { isDryRun, renderDryRun } from './output/dry-run.ts'
import { EXIT, Problem } from './problem.ts'
import { findTemporalUi } from './temporal-ui.ts'
import type { TemporalUi } from './temporal-ui.ts'
import type { World } from './world.ts'

/** What a command works with. */
export interface Desk {
  /** Looked for when it is first used: not every command needs a gateway. */
  readonly api: ApiClient
  ui: TemporalUi | null
  now: () => Date
  /** Prints an answer: its JSON for scripts, else the text that `render` makes of it. */
  show<T>(answer: T, render: Render<T>): void
  /**
   * Sends a change and prints what was done, or would be: then it answers with undefined. `refused` is the
   * sentence for an answer that says that nothing moved.
   */
  change<T>(
    path: string,
    request: object,
    render: Render<T>,
    refused?: (answer: T) => string | undefined,
  ): Promise<T | undefined>
}

type Render<T> = (answer: T, colors: Colors) => string

/** Makes the desk of the command that runs, from the options that all commands have. */
export type OpenDesk = (command: Command) => Desk

export const openDesk =
  (world: World): OpenDesk =>
  (command) => {
    const options = command.optsWithGlobals<GlobalOptions>()
    const { env, stdout, cwd } = world
    const local = readLocalStack(resolve(cwd, options.state ?? world.stateFolder))
    const named = options.gateway ?? env['UPSCALE_GATEWAY_INTERNAL_URL']
    const colors = pc.createColors(stdout.isTTY === true && !env['NO_COLOR'])
    const print = (text: string) => stdout.write(`${text}\n`)
    const printJson = (answer: unknown) => {
      if (answer !== undefined) print(JSON.stringify(answer))
    }
    let api: ApiClient | undefined
    const desk: Desk = {
      get api() {
        const onRefusal = options.json ? printJson : undefined
        return (api ??= createApiClient(findGateway(options.gateway, env, local), onRefusal))
      },
      // The stack of this machine says nothing of a gateway elsewhere.
      ui: findTemporalUi(options.ui, env, named ? undefined : local),
      now: world.now,
      show: (answer, render) => {
        if (options.json) printJson(answer)
        else print(render(answer, colors))
      },
      async change(path, request, render, refused) {
        const answer = await desk.api.post<Parameters<typeof render>[0]>(path, request)
        if (isDryRun(answer)) {
          desk.show(answer, renderDryRun)
          return undefined
        }
        const message = refused?.(answer)
        if (message === undefined) {
          desk.show(answer, render)
          return answer
        }
        if (options.json) printJson(answer)
        throw new Problem(message, EXIT.refused)
      },
    }
    return desk
  }

interface GlobalOptions {
  gateway?: string
  state?: string
  ui?: string
  json?: boolean
}

/** Options of every command. */
export function addGlobalOptions(program: Command): void {
  program
    .option(
      '--gateway <url>',
      "the gateway's internal port (UPSCALE_GATEWAY_INTERNAL_URL), with UPSCALE_GATEWAY_SECRET or UPSCALE_GATEWAY_SECRET_FILE; default: the stack of this machine",
    )
    .option('--state <dir>', "state folder of this machine's stack (default: .dev)")
    .option('--ui <url>', 'the Temporal UI that links lead to (UPSCALE_TEMPORAL_UI)')
    .option('--json', "the API's JSON, for scripts (with `npx pnpm@12 --silent ops …`)")
}
