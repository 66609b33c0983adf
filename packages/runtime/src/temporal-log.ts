import type { Logger } from './logger.ts'

/** What the SDK says beside a line; only the parts that we give a place of our own. */
interface TemporalMeta {
  workflowId?: string
  workflowExecution?: { workflowId?: string }
  error?: unknown
}

const LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'debug',
  WARN: 'warn',
  ERROR: 'error',
} as const

const MEANT = /^No (workflows|activities) registered/ // each of our workers does one of the two

/** A line of the SDK in our log: found by `task_id` as all others, with its error readable. */
export function logTemporal(
  logger: Logger,
  level: keyof typeof LEVELS,
  message: string,
  meta: TemporalMeta = {},
): void {
  const { error, ...temporal } = meta
  const taskId = meta.workflowId ?? meta.workflowExecution?.workflowId
  const line = {
    ...(taskId && { task_id: taskId }),
    ...(error !== undefined && { err: error }),
    temporal,
  }
  logger[MEANT.test(message) ? 'debug' : LEVELS[level]](line, message)
}
