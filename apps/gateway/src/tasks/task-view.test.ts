import { expect, test } from '@jest/globals'
import type { AccountId, TaskId } from '@upscale/types'
import { media, upscaleOutput } from '../../tests/job-facts.ts'
import { createdTaskView, generatedTaskView } from '../orders/created-task-view.ts'
import type { TaskOrder } from '../orders/order-store.ts'
import type { Task } from './task.ts'
import { stateAfter } from './task-state.ts'
import type { TaskState } from './task-state.ts'
import { taskView } from './task-view.ts'

const DAY_MS = 86_400_000
const publicUrl = 'https://api.example'
const createdAt = new Date('2026-02-14T12:00:00.000Z')
const at = createdAt.getTime()

const order: TaskOrder = {
  taskId: 'task_abcdefghijklmnopqrstuvwx' as TaskId,
  accountId: 'c:live' as AccountId,
  livemode: true,
  requestId: 'req_1',
  model: 'topaz-video-upscale',
  videoUrl: 'https://example.com/clip.mp4',
  maxCredits: null,
  quoteId: null,
  webhookUrl: null,
  webhookEvents: [],
  upscaleFactor: '2',
  metadata: { ref: '7' },
  createdAt,
}
const price = {
  creditsUsed: 144,
  creditsRemaining: 856,
  creditsPerSecond: 16,
  debitId: 'txn_1',
}
const created = { status: 'pending', stage: 'queued', media, price, at } as const
const debit = { id: 'txn_1', type: 'debit', amount: -144 } as const
const refund = { id: 'txn_2', type: 'refund', amount: 144 } as const

const pending = stateAfter(undefined, created, DAY_MS)
const completed = stateAfter(
  pending,
  { status: 'completed', stage: 'done', output: upscaleOutput, attempts: 1, at: at + 90_500 },
  DAY_MS,
)
const failed = stateAfter(
  pending,
  {
    status: 'failed',
    error: { code: 'UPSCALER_TIMEOUT', key: 'disk_full', message: 'm' },
    at: at + 5_000,
  },
  DAY_MS,
)
const taskOf = (state: TaskState, rest: Partial<Task>): Task => ({
  ...order,
  ...state,
  transactions: [debit],
  queuePosition: null,
  eventSeq: 1,
  cancelRequestedAt: null,
  ...rest,
})
const view = (task: Task, afterMs = 0) => taskView(task, { publicUrl, now: new Date(at + afterMs) })

test('the create answers have exactly their fields', () => {
  const task = { ...order, media, ...price }
  expect(createdTaskView(task)).toEqual({
    id: order.taskId,
    model: 'topaz-video-upscale',
    status: 'pending',
    input: {
      video_url: 'https://example.com/clip.mp4',
      upscale_factor: '2',
      detected_duration: '8.5s',
      billed_seconds: 9,
      credits_per_second: 16,
    },
    creditsUsed: 144,
    creditsRemaining: 856,
    createdAt: '2026-02-14T12:00:00.000Z',
  })
  expect(Object.keys(generatedTaskView(task))).toEqual([
    'id',
    'model',
    'status',
    'creditsUsed',
    'creditsRemaining',
    'createdAt',
  ])
})

test('a pending task', () => {
  const task = view(taskOf(pending, { queuePosition: 1 }))
  expect(task).toMatchObject({
    status: 'pending',
    mediaType: 'video',
    prompt: null,
    result: null,
    error: null,
    output: null,
    stage: 'queued',
    progress: 0,
    queue_position: 1,
    eta_seconds: null,
    started_at: null,
    completed_at: null,
    metadata: { ref: '7' },
    urls: {
      self: `${publicUrl}/api/v1/tasks/${order.taskId}`,
      events: `${publicUrl}/api/v1/tasks/${order.taskId}/events`,
      cancel: `${publicUrl}/api/v1/tasks/${order.taskId}/cancel`,
    },
  })
  expect(Object.values(task.timings)).toEqual([null, null, null, null, null, null])
})

test('a completed task shows its result until it expires', () => {
  const url = `${publicUrl}/${upscaleOutput.outputKey}`
  const task = view(taskOf(completed, {}), 90_500)
  expect(task.result).toEqual({ url, type: 'video' })
  expect(task.output).toEqual({
    url,
    width: 2560,
    height: 1440,
    fps: 30,
    codec: 'h264',
    container: 'mp4',
    duration: 8.5,
    bytes: 20_971_520,
    sha256: 'a'.repeat(64),
    expires_at: '2026-02-15T12:01:30.500Z',
  })
  expect(task.source).toEqual({
    duration: 8.5,
    width: 1280,
    height: 720,
    fps: 30,
    frame_count: 255,
    codec: 'h264',
    container: 'mp4',
    bytes: 6_291_456,
    has_audio: true,
  })
  expect(task.cost).toEqual({
    credits: 144,
    credits_per_second: 16,
    billed_seconds: 9,
    refunded_credits: 0,
    net_credits: 144,
    transactions: [debit],
  })
  expect(task.timings).toEqual({
    queued_ms: 1_000,
    fetch_ms: 900,
    prepare_ms: 2_100,
    upscale_ms: 84_000,
    finalize_ms: 3_100,
    total_ms: 90_500,
  })
  const expired = view(taskOf(completed, {}), 90_500 + DAY_MS)
  expect(expired.result).toEqual({ url: null, type: 'video' })
  expect(expired.output?.url).toBeNull()
})

test('a code of requests is no code of a task: it says why the upscale failed', () => {
  const message = 'Insufficient credits. Required: 60, Available: 45'
  const details = { required: 60 }
  const error = {
    code: 'INSUFFICIENT_CREDITS',
    key: 'insufficient_credits',
    message,
    details,
  } as const
  expect(view(taskOf({ ...failed, error }, {})).error).toMatchObject({
    code: 'GENERATION_FAILED',
    key: 'insufficient_credits',
    message: `The upscale failed: ${message}`,
    doc_url: `${publicUrl}/docs/errors#GENERATION_FAILED`,
    details,
  })
})

test('a failed task says why, and what came back by the ledger', () => {
  const task = view(taskOf(failed, { transactions: [debit, refund] }))
  expect(task.error).toEqual({
    code: 'UPSCALER_TIMEOUT',
    key: 'disk_full',
    message: 'm',
    param: null,
    retryable: true,
    refunded_credits: 144,
    doc_url: `${publicUrl}/docs/errors#UPSCALER_TIMEOUT`,
    request_id: 'req_1',
  })
  expect(task).toMatchObject({ result: null, output: null, creditsUsed: 144 })
  expect(task.cost).toMatchObject({ credits: 144, refunded_credits: 144, net_credits: 0 })
})
