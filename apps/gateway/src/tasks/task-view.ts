import { billedSeconds, secondsText } from '@upscale/types'
import type { MediaFacts } from '@upscale/types'
import { taskErrorView } from './error-view.ts'
import type { Task } from './task.ts'

/** The public task object. `now` decides whether the result may still be shown. */
export function taskView(task: Task, { publicUrl, now }: { publicUrl: string; now: Date }) {
  const self = `${publicUrl}/api/v1/tasks/${task.taskId}`
  const url = resultUrlOf(task, publicUrl, now)
  const cost = costView(task)
  const facts = { publicUrl, requestId: task.requestId, refundedCredits: cost.refunded_credits }
  return {
    id: task.taskId,
    model: task.model,
    status: task.status,
    mediaType: 'video',
    prompt: null,
    createdAt: task.createdAt.toISOString(),
    result: task.status === 'completed' ? { url, type: 'video' } : null,
    error: task.error && taskErrorView(task.error, facts),
    input: inputView(task),
    creditsUsed: task.creditsUsed,
    stage: task.stage,
    progress: task.progress,
    eta_seconds: task.etaSeconds,
    queue_position: task.queuePosition,
    source: task.media && sourceView(task.media),
    output: task.status === 'completed' ? outputView(task, url) : null,
    cost,
    timings: timingsView(task),
    attempts: task.attempts,
    started_at: isoOf(task.startedAt),
    completed_at: isoOf(task.completedAt),
    cancel_requested_at: isoOf(task.cancelRequestedAt),
    metadata: task.metadata,
    livemode: task.livemode,
    request_id: task.requestId,
    urls: { self, events: `${self}/events`, cancel: `${self}/cancel` },
  }
}

export type TaskView = ReturnType<typeof taskView>

/** `input` of a task as its create answer shows it. */
export const inputView = (
  task: Pick<Task, 'videoUrl' | 'upscaleFactor' | 'media' | 'creditsPerSecond'>,
) => ({
  video_url: task.videoUrl,
  upscale_factor: task.upscaleFactor,
  detected_duration: task.media && `${secondsText(task.media.durationMs)}s`,
  billed_seconds: task.media && billedSeconds(task.media.durationMs),
  credits_per_second: task.creditsPerSecond,
})

function resultUrlOf(task: Task, publicUrl: string, now: Date): string | null {
  const { outputKey, expiresAt } = task
  return outputKey && expiresAt && expiresAt > now ? `${publicUrl}/${outputKey}` : null
}

export const sourceView = ({ video, audio, ...media }: MediaFacts) => ({
  duration: media.durationMs / 1000,
  width: video.width,
  height: video.height,
  fps: video.fps,
  frame_count: video.frames,
  codec: video.codec,
  container: media.container,
  bytes: media.bytes,
  has_audio: audio.length > 0,
})

function outputView({ output, expiresAt }: Task, url: string | null) {
  if (!output) return null
  const { width, height, fps, codec, container, durationMs, bytes, sha256 } = output
  const duration = durationMs / 1000
  const expires_at = isoOf(expiresAt)
  return { url, width, height, fps, codec, container, duration, bytes, sha256, expires_at }
}

/** What the ledger says; the price alone where it has no line yet. */
function costView({ transactions, creditsUsed, creditsPerSecond, media }: Task) {
  const sum = (type: string) =>
    transactions.reduce((total, line) => (line.type === type ? total + line.amount : total), 0)
  const credits = transactions.length > 0 ? -sum('debit') : (creditsUsed ?? 0)
  const refunded = sum('refund')
  return {
    credits,
    credits_per_second: creditsPerSecond,
    billed_seconds: media && billedSeconds(media.durationMs),
    refunded_credits: refunded,
    net_credits: credits - refunded,
    transactions,
  }
}

function timingsView({ timings, createdAt, startedAt, completedAt }: Task) {
  return {
    queued_ms: startedAt && msBetween(createdAt, startedAt),
    fetch_ms: timings?.fetchMs ?? null,
    prepare_ms: timings?.prepareMs ?? null,
    upscale_ms: timings?.upscaleMs ?? null,
    finalize_ms: timings?.finalizeMs ?? null,
    total_ms: completedAt && msBetween(createdAt, completedAt),
  }
}

const isoOf = (date: Date | null): string | null => date && date.toISOString()

/** Never below 0: two hosts, two clocks. */
const msBetween = (from: Date, to: Date): number => Math.max(0, to.getTime() - from.getTime())
