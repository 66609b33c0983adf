import { expect, test } from '@jest/globals'
import { renderPrice, renderProgress, renderReceipt, renderSizes } from './render-demo.ts'
import type { TaskView } from './api-client.ts'

const task: TaskView = {
  id: 'task_1',
  status: 'completed',
  stage: 'upscaling',
  progress: 0.5,
  eta_seconds: 75,
  result: { url: 'http://127.0.0.1:4000/r' },
  error: null,
  source: { width: 640, height: 360, bytes: 551_457 },
  output: { width: 1280, height: 720, bytes: 1_920_000, codec: 'h264' },
  cost: {
    credits: 96,
    refunded_credits: 96,
    net_credits: 0,
    transactions: [
      { id: 'txn_1', type: 'debit', amount: -96 },
      { id: 'txn_2', type: 'refund', amount: 96 },
    ],
  },
}

test('the price says what it is made of and what is left', () => {
  const input = { detected_duration: '5.3s', billed_seconds: 6, credits_per_second: 16 }
  expect(renderPrice({ id: 'task_1', input, creditsUsed: 96, creditsRemaining: 99_904 })).toBe(
    '96 credits (6 s × 16) for 5.3s of video · 99,904 left',
  )
})

test('progress has a bar, a percentage that never rounds up, the stage and the time left', () => {
  expect(renderProgress({ ...task, progress: 0.999 })).toBe(
    `${'█'.repeat(30)}  99 % upscaling · 1:15 left`,
  )
  expect(renderProgress({ ...task, eta_seconds: null })).toBe(
    `${'█'.repeat(15)}${'░'.repeat(15)}  50 % upscaling`,
  )
})

test('the receipt has every ledger line and the net price', () => {
  expect(renderReceipt(task)).toBe('debit −96 (txn_1) · refund +96 (txn_2) · net 0 credits')
})

test('sizes before and after', () => {
  expect(renderSizes(task)).toBe('640×360, 0.55 MB → 1280×720, 1.92 MB (h264)')
})
