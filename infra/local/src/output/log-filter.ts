import type { LogLine } from './log-line.ts'

/** Which lines of the log a person asked for. */
export interface LogFilter {
  /** Names of services; empty: all. */
  only: readonly string[]
  /** Only lines about this task. */
  task?: string | undefined
}

export const isChosen = (line: LogLine, { only, task }: LogFilter): boolean =>
  (only.length === 0 || only.includes(line.service)) &&
  (task === undefined || line['task_id'] === task)
