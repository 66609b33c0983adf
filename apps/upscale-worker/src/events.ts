import type { Tools } from '@upscale/ffmpeg'
import { Counter, Histogram } from '@upscale/runtime'
import type { Logger, Registry } from '@upscale/runtime'
import { AppError } from '@upscale/types'
import type { TaskId, TaskStage, UpscaleFactor, UpscaleOutput } from '@upscale/types'

export type Events = ReturnType<typeof createEvents>

/** Whose attempt it is; on each of its lines. */
export interface Attempt {
  taskId: TaskId
  factor: UpscaleFactor
  round: number
  attempt: number
  /** Name of what makes the picture; `magic`: a test job that plays an outcome. */
  engine: string
}

/** One function per business event: its log line and its metric. */
export function createEvents(logger: Logger, metrics: Registry) {
  const figures = createFigures(metrics)
  const lineOf = ({ taskId, ...rest }: Attempt) => ({ task_id: taskId, ...rest })
  return {
    started(port: number, { version, missingFilters }: Tools) {
      logger.info({ port, ffmpeg: version }, 'upscale-worker is ready')
      if (missingFilters.length > 0) {
        logger.warn(
          { filters: missingFilters },
          'this ffmpeg lacks filters: chains do without them',
        )
      }
    },

    allowListUsed: (pair: string) =>
      logger.warn({ pair }, 'SAFE_FETCH_ALLOW let a connection go to a local address'),

    attemptBegan: (attempt: Attempt, { version }: Tools) =>
      logger.info({ ...lineOf(attempt), ffmpeg: version }, 'upscale began'),

    upscaled(attempt: Attempt, { output, timings }: UpscaleOutput) {
      const { factor, engine } = attempt
      figures.attempts.inc({ factor, engine, outcome: 'completed', key: '' })
      for (const [stage, ms] of Object.entries(timings)) {
        figures.seconds.observe({ engine, stage: stage.replace('Ms', '') }, ms / 1000)
      }
      figures.pictures.inc({ factor, engine }, Math.round((output.durationMs * output.fps) / 1000))
      const { width, height, codec, bytes } = output
      logger.info({ ...lineOf(attempt), ...timings, width, height, codec, bytes }, 'upscaled')
    },

    upscaleFailed(attempt: Attempt, stage: TaskStage, error: unknown) {
      const [code, key] = error instanceof AppError ? [error.code, error.key] : ['unexpected', '']
      figures.attempts.inc({ ...madeBy(attempt), outcome: code, key })
      const cause = error instanceof AppError ? error.cause : error
      logger.warn({ ...lineOf(attempt), stage, code, key, err: cause }, 'upscale failed')
    },

    upscaleStopped(attempt: Attempt, stage: TaskStage, donePercent: number) {
      figures.attempts.inc({ ...madeBy(attempt), outcome: 'stopped', key: '' })
      logger.info({ ...lineOf(attempt), stage, done_percent: donePercent }, 'upscale stopped')
    },
  }
}

const madeBy = ({ factor, engine }: Attempt) => ({ factor, engine })

const createFigures = (metrics: Registry) => ({
  attempts: new Counter({
    name: 'upscale_worker_attempts_total',
    help: 'Attempts by how they ended: completed, stopped, or the code of the failure',
    labelNames: ['factor', 'engine', 'outcome', 'key'],
    registers: [metrics],
  }),
  seconds: new Histogram({
    name: 'upscale_worker_stage_seconds',
    help: 'Time of the stages of completed attempts',
    labelNames: ['engine', 'stage'],
    buckets: [0.5, 2, 5, 15, 60, 180, 600, 1800, 7200],
    registers: [metrics],
  }),
  pictures: new Counter({
    name: 'upscale_worker_pictures_total',
    help: 'Pictures in completed results',
    labelNames: ['factor', 'engine'],
    registers: [metrics],
  }),
})
