import { isChosen } from './log-filter.ts'
import type { LogFilter } from './log-filter.ts'
import type { Reporter } from './reporter.ts'

/** One object a line; `kind` tells them apart, and `"ready":true` says that the stack is up. */
export function createJsonReporter(out: NodeJS.WritableStream, filter: LogFilter): Reporter {
  const write = (value: object) => void out.write(`${JSON.stringify(value)}\n`)
  return {
    step: (event) => write({ kind: 'step', ...event }),
    service: (row) => write({ kind: 'service', ...row }),
    log: (line) => isChosen(line, filter) && write({ kind: 'log', ...line }),
    ready: (stack) => write({ ready: true, ...stack }),
    say: (text) => write({ kind: 'note', text }),
  }
}
