import type { Command } from 'commander'
import { isErrorCode } from '@upscale/types'
import type { AccountId, ErrorCode } from '@upscale/types'
import { readAccountId } from '../arguments.ts'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { usageProblem } from '../problem.ts'
import { queryPage } from '../temporal-ui.ts'
import { VIEWS, fillIn } from '../views.ts'

interface ViewsOptions {
  account?: AccountId
  code?: ErrorCode
}

export function addViews(program: Command, openDesk: OpenDesk): void {
  const command = program
    .command('views')
    .description(
      'links into the Temporal UI, one per question; its page can keep them as views, but that of 15 minutes keeps the time of now: print it anew',
    )
    .option('--account <account>', 'whose jobs', readAccountId)
    .option('--code <code>', 'which error code', readErrorCode)
    .action((options: ViewsOptions, command: Command) => {
      const { ui, show, now } = openDesk(command)
      if (!ui) {
        throw usageProblem(
          'Say where the Temporal UI is with --ui or UPSCALE_TEMPORAL_UI, or start the stack with `npx pnpm@12 start`.',
        )
      }
      const { account = '<customer>:live', code = 'UPSCALER_UNAVAILABLE' } = options
      const views = VIEWS.map(({ question, query }) => {
        const filled = fillIn(query, { account, code, now: now() })
        return { question, query: filled, url: queryPage(ui, filled) }
      })
      show({ views }, ({ views }, colors) =>
        views
          .map(({ question, query, url }) => `${colors.bold(question)}\n  ${query}\n  ${url}`)
          .join('\n\n'),
      )
    })
  addExample(command, 'views', 'views --account acme:live --code UPSCALER_TIMEOUT')
}

function readErrorCode(text: string): ErrorCode {
  if (isErrorCode(text)) return text
  throw usageProblem(`"${text}" is no error code: they are in capitals, such as UPSCALER_TIMEOUT.`)
}
