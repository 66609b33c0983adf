import { MODEL, unreachable } from '@upscale/types'
import type { TaskId } from '@upscale/types'
import type { TaskTransaction } from '../tasks/task-state.ts'
import type { Task } from '../tasks/task.ts'
import type { Delivery } from './delivery-store.ts'
import type { WebhookType } from './webhook-type.ts'

const SECOND_MS = 1_000

/** What a test tells of: a task that ended as `type` says and that nobody ever ordered. */
export function sampleTask({
  type,
  accountId,
  livemode,
  createdAt: endedAt,
}: Pick<Delivery, 'type' | 'accountId' | 'livemode' | 'createdAt'>): Task {
  const before = (seconds: number) => new Date(endedAt.getTime() - seconds * SECOND_MS)
  return {
    ...ORDER,
    accountId,
    livemode,
    createdAt: before(90),
    changedAt: endedAt,
    startedAt: before(88),
    completedAt: endedAt,
    ...endOf(type, endedAt),
  }
}

const ORDER = {
  taskId: 'task_SampleSampleSample000001' as TaskId,
  requestId: 'req_SampleSampleSample000001',
  model: MODEL,
  videoUrl: 'https://example.com/clip.mp4',
  upscaleFactor: '2',
  metadata: {},
  parkedAt: null,
  etaSeconds: null,
  attempts: 1,
  attemptsBefore: 0,
  queuePosition: null,
  eventSeq: 0,
  creditsUsed: 144,
  creditsPerSecond: 16,
  creditsRemaining: 856,
  media: {
    container: 'mp4',
    bytes: 6_291_456,
    durationMs: 8_500,
    durationFrom: 'header',
    layout: 'faststart',
    video: {
      codec: 'h264',
      width: 1280,
      height: 720,
      codedWidth: 1280,
      codedHeight: 720,
      rotation: 0,
      sar: [1, 1],
      fps: 30,
      frames: 255,
      framesExact: true,
      vfr: false,
      transfer: 'sdr',
      dolbyVision: false,
    },
    audio: [{ codec: 'aac' }],
    otherTracks: 0,
  },
} satisfies Partial<Task>

const DEBIT: TaskTransaction = { id: `txn_${'0'.repeat(24)}`, type: 'debit', amount: -144 }
const REFUND: TaskTransaction = { id: `txn_${'1'.repeat(24)}`, type: 'refund', amount: 144 }
const DAY_MS = 86_400_000

type End = Omit<
  Task,
  | keyof typeof ORDER
  | 'accountId'
  | 'livemode'
  | 'createdAt'
  | 'changedAt'
  | 'startedAt'
  | 'completedAt'
>

const COMPLETED = {
  status: 'completed',
  stage: 'done',
  progress: 1,
  error: null,
  cancelRequestedAt: null,
  outputKey: `results/${'sample'.repeat(5)}/upscaled.mp4`,
  output: {
    width: 2560,
    height: 1440,
    fps: 30,
    codec: 'h264',
    container: 'mp4',
    durationMs: 8_500,
    bytes: 20_971_520,
    sha256: '0'.repeat(64),
  },
  timings: { fetchMs: 900, prepareMs: 2_100, upscaleMs: 82_000, finalizeMs: 3_000 },
} as const
const UNFINISHED = { stage: 'upscaling', outputKey: null, output: null, timings: null } as const

function endOf(type: WebhookType, endedAt: Date): End {
  switch (type) {
    case 'task.completed':
      return {
        ...COMPLETED,
        expiresAt: new Date(endedAt.getTime() + 30 * DAY_MS),
        transactions: [DEBIT],
      }
    case 'task.failed':
      return {
        ...UNFINISHED,
        status: 'failed',
        progress: 0.42,
        error: { code: 'GENERATION_FAILED', key: 'generic', message: 'The upscale failed' },
        cancelRequestedAt: null,
        expiresAt: null,
        transactions: [DEBIT, REFUND],
      }
    case 'task.canceled':
      return {
        ...UNFINISHED,
        status: 'canceled',
        progress: 0,
        error: { code: 'TASK_CANCELED', key: 'task_canceled', message: 'Canceled by the customer' },
        cancelRequestedAt: endedAt,
        expiresAt: null,
        transactions: [DEBIT, REFUND],
      }
    default:
      return unreachable(type)
  }
}
