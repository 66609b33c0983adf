import pino from 'pino'
import type { DestinationStream, Logger as PinoLogger } from 'pino'
import { scrub } from './scrub.ts'

export type Logger = PinoLogger

/** JSON lines on standard output, named for their service, without secrets wherever those stand. */
export const createLogger = (
  service: string,
  level = 'info',
  destination: DestinationStream = pino.destination(1),
): Logger =>
  pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: scrub },
    },
    destination,
  )
