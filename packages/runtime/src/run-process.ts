import { AppError, StartError } from '@upscale/types'
import { createLogger } from './logger.ts'
import type { Logger } from './logger.ts'

/**
 * Runs a process to its end. What stops it before, at the start or later, becomes its last log line and
 * the exit code 1: a sentence where people can mend it, else with its stack.
 */
export async function runProcess(service: string, work: () => Promise<void>): Promise<void> {
  const logger = createLogger(service)
  const stop = (error: unknown): never => {
    sayLast(logger, error)
    process.exit(1)
  }
  process.on('uncaughtException', stop) // of a rejection that nobody handled, too
  await work().catch(stop)
}

function sayLast(logger: Logger, error: unknown): void {
  if (error instanceof StartError || error instanceof AppError) logger.fatal(error.message)
  else logger.fatal({ err: error }, 'stopped by a failure that nobody expected')
}
