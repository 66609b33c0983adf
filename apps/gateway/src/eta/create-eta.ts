import { isMagicUrl } from '@upscale/types'
import type { MediaFacts, UpscaleFactor } from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'
import { keepAnswers } from '../kept-answers.ts'
import { etaOf } from './eta-of.ts'
import type { Queue } from './eta-of.ts'
import { readOpenTasks, readTimedJobs } from './eta-store.ts'
import { jobSizeOf } from './job-size.ts'
import { measuredSpeed } from './measured-speed.ts'
import { mostAtOnce } from './most-at-once.ts'

const QUEUE_KEPT_MS = 1_000
const SPEED_KEPT_MS = 30_000
const TIMED_PER_MODE = 50
const MAX_OPEN = 5_000 // nobody waits for the end of a longer queue
const BUSY_WITHIN_MS = 3_600_000 // what ran at once before that may be other hosts

/** A task, or a request for one, whose end is asked for. */
export interface EtaQuestion {
  livemode: boolean
  videoUrl: string | null
  factor: UpscaleFactor
  media: MediaFacts
  createdAt: Date
  isRunning: boolean
}

/** Seconds until it ends; null: unknown. */
export type Eta = (question: EtaQuestion) => Promise<number | null>

/** Answers from one look at the queue a second and one at the finished jobs each 30 s, whoever asks. */
export function createEta(db: GatewayDb, now: () => Date): Eta {
  const history = keepAnswers(SPEED_KEPT_MS, async () => {
    const timed = await readTimedJobs(db, TIMED_PER_MODE)
    const since = now().getTime() - BUSY_WITHIN_MS
    const recent = timed.flatMap(({ span }) => (span.to > since ? [span] : []))
    return { speed: measuredSpeed(timed), atOnce: mostAtOnce(recent) }
  })
  const queue = keepAnswers(QUEUE_KEPT_MS, async (): Promise<Queue> => {
    const [tasks, known] = await Promise.all([readOpenTasks(db, MAX_OPEN), history('')])
    const running = tasks.filter(({ isRunning }) => isRunning).length
    const { speed, atOnce } = known ?? { speed: () => undefined, atOnce: 0 }
    return { tasks, slots: Math.max(1, running, atOnce), speed, isCut: tasks.length === MAX_OPEN }
  })
  return async ({ livemode, videoUrl, factor, media, createdAt, isRunning }) => {
    if (videoUrl !== null && isMagicUrl(videoUrl)) return null // its outcome says how long it takes
    const known = await queue('')
    const size = jobSizeOf(media.video, factor, livemode)
    return known ? etaOf({ createdAt: createdAt.getTime(), isRunning, size }, known) : null
  }
}
