/** Stands for the host that customers call, until it is known. */
export const EXAMPLE_HOST = 'https://upscale.example'
const ID = 'task_4fJq9ZbTn2xWc7Lr8KdYs1Vm'
const SELF = `${EXAMPLE_HOST}/api/v1/tasks/${ID}`
const CREATED_AT = '2026-02-14T12:00:00.000Z'
const ENDED_AT = '2026-02-14T12:01:30.500Z'
export const EXAMPLE_REQUEST_ID = 'req_8sYv3Kq0TzLb5NcWd1RfXh7P'

const INPUT = {
  video_url: 'https://example.com/clip.mp4',
  upscale_factor: '2',
  detected_duration: '8.5s',
  billed_seconds: 9,
  credits_per_second: 16,
}

export const CREATED_TASK = {
  id: ID,
  model: 'topaz-video-upscale',
  status: 'pending',
  input: INPUT,
  creditsUsed: 144,
  creditsRemaining: 856,
  createdAt: CREATED_AT,
}

const { input: _, ...generated } = CREATED_TASK
export const GENERATED_TASK = generated

const SOURCE = {
  duration: 8.5,
  width: 1280,
  height: 720,
  fps: 30,
  frame_count: 255,
  codec: 'h264',
  container: 'mp4',
  bytes: 6_291_456,
  has_audio: true,
}

const DEBIT = { id: 'txn_018f2c6ae1d34b7790aa51ce', type: 'debit', amount: -144 }

const costWith = (refunds: { id: string; type: string; amount: number }[]) => {
  const refunded = refunds.reduce((sum, { amount }) => sum + amount, 0)
  return {
    credits: 144,
    credits_per_second: 16,
    billed_seconds: 9,
    refunded_credits: refunded,
    net_credits: 144 - refunded,
    transactions: [DEBIT, ...refunds],
  }
}
const REFUND = { id: 'txn_018f2c6bd0724f1c8e33b9d7', type: 'refund', amount: 144 }

const NO_TIMINGS = {
  queued_ms: null,
  fetch_ms: null,
  prepare_ms: null,
  upscale_ms: null,
  finalize_ms: null,
  total_ms: null,
}

/** Paid for, not started. */
export const PENDING_TASK = {
  id: ID,
  model: 'topaz-video-upscale',
  status: 'pending',
  mediaType: 'video',
  prompt: null,
  createdAt: CREATED_AT,
  result: null,
  error: null,
  input: INPUT,
  creditsUsed: 144,
  stage: 'queued',
  progress: 0,
  eta_seconds: 95,
  queue_position: 3,
  source: SOURCE,
  output: null,
  cost: costWith([]),
  timings: NO_TIMINGS,
  attempts: 0,
  started_at: null,
  completed_at: null,
  cancel_requested_at: null,
  metadata: { order: '4711' },
  livemode: true,
  request_id: EXAMPLE_REQUEST_ID,
  urls: { self: SELF, events: `${SELF}/events`, cancel: `${SELF}/cancel` },
}

export const PROCESSING_TASK = {
  ...PENDING_TASK,
  status: 'processing',
  stage: 'upscaling',
  progress: 0.42,
  eta_seconds: 61,
  queue_position: null,
  timings: { ...NO_TIMINGS, queued_ms: 400, fetch_ms: 900, prepare_ms: 2_100 },
  attempts: 1,
  started_at: '2026-02-14T12:00:00.400Z',
}

const ENDED = { ...PROCESSING_TASK, eta_seconds: null, completed_at: ENDED_AT }
const RESULT_URL = `${EXAMPLE_HOST}/results/${ID}/Qm7dT2vYx9Kc4Lf0NbR8sWzJ/upscaled.mp4`

export const COMPLETED_TASK = {
  ...ENDED,
  status: 'completed',
  stage: 'done',
  progress: 1,
  result: { url: RESULT_URL, type: 'video' },
  output: {
    url: RESULT_URL,
    width: 2560,
    height: 1440,
    fps: 30,
    codec: 'h264',
    container: 'mp4',
    duration: 8.5,
    bytes: 20_971_520,
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    expires_at: '2026-03-16T12:01:30.500Z',
  },
  timings: {
    queued_ms: 400,
    fetch_ms: 900,
    prepare_ms: 2_100,
    upscale_ms: 84_000,
    finalize_ms: 3_100,
    total_ms: 90_500,
  },
}

const errorOf = (code: string, key: string, message: string, retryable: boolean) => ({
  code,
  key,
  message,
  param: null,
  retryable,
  refunded_credits: 144,
  doc_url: `${EXAMPLE_HOST}/docs/errors#${code}`,
  request_id: EXAMPLE_REQUEST_ID,
})

export const FAILED_TASK = {
  ...ENDED,
  status: 'failed',
  cost: costWith([REFUND]),
  timings: { ...ENDED.timings, total_ms: 90_500 },
  error: errorOf('GENERATION_FAILED', 'generic', 'The upscale failed', true),
}

export const CANCELED_TASK = {
  ...PENDING_TASK,
  status: 'canceled',
  eta_seconds: null,
  queue_position: null,
  completed_at: ENDED_AT,
  cancel_requested_at: '2026-02-14T12:01:30.100Z',
  cost: costWith([REFUND]),
  timings: { ...NO_TIMINGS, total_ms: 90_500 },
  error: errorOf('TASK_CANCELED', 'task_canceled', 'Canceled by the customer', false),
}
