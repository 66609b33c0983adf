import { proxyActivities, setCurrentDetails } from '@temporalio/workflow'
import { secondsText } from '@upscale/types'
import type { QuoteJob, QuoteOutcome } from '@upscale/types'
import type { ProbeActivities } from './activities.ts'
import { taskErrorFrom } from './failures.ts'
import { QUEUES } from './queues.ts'
import { PROBE } from './timeouts.ts'

const probe = proxyActivities<ProbeActivities>({
  taskQueue: QUEUES.mediaProbe,
  startToCloseTimeout: PROBE.startToClose,
  scheduleToCloseTimeout: PROBE.scheduleToClose,
})

/** Probes a video for its price. No money moves, and a refusal is an answer. */
export async function quoteVideo(job: QuoteJob): Promise<QuoteOutcome> {
  const { quoteId, source, factor, livemode } = job
  const input = { taskId: quoteId, source, factor, livemode }
  try {
    const media = await probe.probeVideo.executeWithOptions({ summary: source.host }, [input])
    const { width, height } = media.video
    setCurrentDetails(`**quoted**: ${width}x${height}, ${secondsText(media.durationMs)} s`)
    return { outcome: 'quoted', media }
  } catch (error) {
    const refusal = taskErrorFrom(error, false)
    setCurrentDetails(`**refused**: \`${refusal.code}\` — ${refusal.message}`)
    return { outcome: 'refused', error: refusal }
  }
}
