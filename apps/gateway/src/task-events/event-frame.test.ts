import { expect, test } from '@jest/globals'
import type { TaskId } from '@upscale/types'
import { frameOf } from './event-frame.ts'
import { progressEvent } from './task-event.ts'

test('an event is three lines, as the contract shows it', () => {
  const event = progressEvent('task_xyz789' as TaskId, {
    seq: 7,
    type: 'task.progress',
    at: '2026-02-14T12:00:41.000Z',
    body: {
      status: 'processing',
      stage: 'upscaling',
      progress: 0.42,
      eta_seconds: 61,
      queue_position: null,
    },
  })
  expect(frameOf(event)).toBe(
    'id: 7\nevent: task.progress\ndata: {"seq":7,"type":"task.progress","at":"2026-02-14T12:00:41.000Z",' +
      '"task":{"id":"task_xyz789","status":"processing","stage":"upscaling","progress":0.42,' +
      '"eta_seconds":61,"queue_position":null}}\n\n',
  )
})
