import { createWriteStream, existsSync, renameSync } from 'node:fs'
import type { LogLine } from './log-line.ts'

export interface LogFile extends AsyncDisposable {
  write(line: LogLine): void
}

/** The whole combined log of this run; the one of the run before stays beside it. */
export function openLogFile(path: string): LogFile {
  if (existsSync(path)) renameSync(path, `${path}.before`)
  const file = createWriteStream(path, { mode: 0o600 })
  return {
    write: (line) => void file.write(`${JSON.stringify(line)}\n`),
    [Symbol.asyncDispose]: () => new Promise((resolve) => file.end(resolve)),
  }
}
