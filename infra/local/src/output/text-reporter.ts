import pc from 'picocolors'
import type { ServiceRow } from '../supervise/service.ts'
import { renderLogLine } from './render-log-line.ts'
import { renderTable } from './render-table.ts'
import { isChosen } from './log-filter.ts'
import type { LogFilter } from './log-filter.ts'
import type { LogLine } from './log-line.ts'
import type { ReadyStack, Reporter } from './reporter.ts'
import { createStepBoard } from './step-board.ts'

/** What people see on a terminal, or in a file where standard output is one. */
export function createTextReporter(out: NodeJS.WriteStream, filter: LogFilter): Reporter {
  const isTerminal = 'isTTY' in out && out.isTTY // missing on files and pipes, whatever its type says
  const colors = pc.createColors(isTerminal && !process.env['NO_COLOR'])
  const board = createStepBoard(out, colors)
  let up = false
  return {
    step: board.show,
    service: () => {},
    say: board.print,
    log(line) {
      if (isChosen(line, filter) && !isNoise(line) && (up || isTrouble(line)))
        board.print(renderLogLine(line, colors))
    },
    ready(stack, rows) {
      up = true
      board.print(`\n${serviceTable(rows)}\n\n${curlLine(stack)}\n\n${testLine(stack)}\n`)
    },
  }
}

const serviceTable = (rows: readonly ServiceRow[]): string =>
  renderTable([
    ['SERVICE', 'URL', 'HEALTH', 'STATE'],
    ...rows.map(({ service, url, health, state }) => [service, url ?? '–', health ?? '–', state]),
  ])

/** A request to paste: the clip is served by the stack itself. */
const curlLine = ({ api, key, samples }: ReadyStack): string =>
  [
    `curl ${api}/api/v1/tools/upscale-video \\`,
    `  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\`,
    `  -d '{"video_url":"${samples}/big-buck-bunny-360p.mp4","upscale_factor":"2"}'`,
  ].join('\n')

const testLine = ({ testKey }: ReadyStack): string =>
  `To rehearse instead, at no cost: key ${testKey} and https://magic.test/ok.mp4`

const isTrouble = ({ level }: LogLine): boolean => ['warn', 'error', 'fatal'].includes(level)

/** The dev server warns of its own starts and stops; its warnings stay in the file. */
const isNoise = ({ service, level }: LogLine): boolean =>
  service === 'temporal' && level !== 'error'
