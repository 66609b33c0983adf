import { expect, test } from '@jest/globals'
import pc from 'picocolors'
import type { AccountId, RequestId, TaskId, Timeline } from '@upscale/types'
import { renderTimeline } from './timeline.ts'

const plain = pc.createColors(false)

const TIMELINE: Timeline = {
  task: {
    taskId: 'task_0123456789abcdef' as TaskId,
    accountId: 'acme:live' as AccountId,
    requestId: 'req_1' as RequestId,
    factor: '2',
    status: 'processing',
    stage: 'upscaling',
    parkedAt: '2026-11-24T12:05:00.000Z',
    creditsUsed: 96,
    createdAt: '2026-11-24T12:01:03.221Z',
  },
  events: [
    { at: '2026-11-24T12:01:03.221Z', source: 'api', what: 'asked for', who: 'acme' },
    { at: '2026-11-24T12:01:03.400Z', source: 'ledger', what: 'debit −96', who: 'billing' },
    { at: '2026-11-24T12:05:00.000Z', source: 'workflow', what: 'parked' },
  ],
  next: '`ops retry` or `ops refund`',
}

test('the task, its events, what can be done and where to look', () => {
  expect(renderTimeline(TIMELINE, 'http://ui/x', plain)).toBe(`\
task_0123456789abcdef · acme:live · factor 2 · needs a person since 2026-11-24 12:05:00Z · 96 credits · req_1

TIME                      SOURCE    WHAT       WHO
2026-11-24 12:01:03.221Z  api       asked for  acme
2026-11-24 12:01:03.400Z  ledger    debit −96  billing
2026-11-24 12:05:00.000Z  workflow  parked     –

Next: \`ops retry\` or \`ops refund\`
Temporal UI: http://ui/x`)
})

test('a job that was never admitted, where no UI is known', () => {
  const task = { ...TIMELINE.task, status: null, stage: null, parkedAt: null, creditsUsed: null }
  const text = renderTimeline({ task, events: [], next: 'Nothing' }, null, plain)
  expect(text).toBe(
    'task_0123456789abcdef · acme:live · factor 2 · never admitted · req_1\n\nTIME  SOURCE  WHAT  WHO\n\nNext: Nothing',
  )
})
