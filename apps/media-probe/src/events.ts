import { Counter, Histogram } from '@upscale/runtime'
import type { Logger, Registry } from '@upscale/runtime'
import { placeOf } from '@upscale/safe-fetch'
import type { RangeReader } from '@upscale/safe-fetch'
import { isRetryable } from '@upscale/types'
import type { AppError, MediaFacts } from '@upscale/types'

export type Events = ReturnType<typeof createEvents>
export type ProbeEvents = ReturnType<Events['probeBegan']>

/** One function per business event: its log line and its metric. */
export function createEvents(logger: Logger, metrics: Registry) {
  const figures = createFigures(metrics)
  return {
    started: (port: number) => logger.info({ port }, 'media-probe is ready'),

    allowListUsed: (pair: string) =>
      logger.warn({ pair }, 'SAFE_FETCH_ALLOW let a connection go to a local address'),

    /** What the events of one probe share: whose it is, and what it has cost so far. */
    probeBegan(taskId: string, url: string) {
      const since = performance.now()
      let file: Pick<RangeReader, 'cost'> | undefined
      const end = () => {
        const { bytes, requests } = file?.cost() ?? { bytes: 0, requests: 0 }
        const ms = Math.round(performance.now() - since)
        figures.seconds.observe(ms / 1000)
        figures.bytes.inc(bytes)
        figures.requests.inc(requests)
        return { task_id: taskId, ...placeOf(url), bytes, requests, ms }
      }
      return {
        opened(opened: Pick<RangeReader, 'cost'>) {
          file = opened
        },
        accepted({ container, layout, durationMs, video }: MediaFacts) {
          figures.answers.inc({ code: 'ACCEPTED', key: 'accepted' })
          const { codec, width, height, fps } = video
          const picture = { container, layout, duration_ms: durationMs, codec, width, height, fps }
          logger.info({ ...end(), ...picture }, 'video accepted')
        },
        refused(error: AppError) {
          const { code, key, message } = error
          figures.answers.inc({ code, key })
          const level = isRetryable(code, key) ? 'warn' : 'info'
          logger[level]({ ...end(), code, key, reason: message, err: error.cause }, 'video refused')
        },
      }
    },
  }
}

const createFigures = (metrics: Registry) => ({
  answers: new Counter({
    name: 'upscale_probe_answers_total',
    help: 'Probed videos by what the customer is told; code ACCEPTED: taken',
    labelNames: ['code', 'key'],
    registers: [metrics],
  }),
  seconds: new Histogram({
    name: 'upscale_probe_seconds',
    help: 'Time of a probe, from the opened URL to the answer',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 12],
    registers: [metrics],
  }),
  bytes: new Counter({
    name: 'upscale_probe_read_bytes_total',
    help: "Body bytes read from customers' hosts",
    registers: [metrics],
  }),
  requests: new Counter({
    name: 'upscale_probe_requests_total',
    help: "Requests sent to customers' hosts, redirects included",
    registers: [metrics],
  }),
})
