import { expect, test } from '@jest/globals'
import pc from 'picocolors'
import { readLogLine } from './log-line.ts'
import { renderLogLine } from './render-log-line.ts'

const NOW = new Date('2026-11-24T12:01:03.221Z')
const PLAIN = pc.createColors(false)
const clock = /^\d\d:\d\d:\d\d\.221 /

test("a service's JSON line keeps its fields and is named for the service", () => {
  const text = `{"level":"error","time":"2026-11-24T12:01:03.221Z","service":"x","task_id":"task_1","msg":"gone"}`
  expect(readLogLine('billing', text, new Date())).toEqual({
    level: 'error',
    time: '2026-11-24T12:01:03.221Z',
    service: 'billing',
    task_id: 'task_1',
    msg: 'gone',
  })
})

test.each(['plain words', '{"broken'])('other text is the message: %s', (text) => {
  expect(readLogLine('temporal', text, NOW)).toEqual({
    time: '2026-11-24T12:01:03.221Z',
    level: 'info',
    service: 'temporal',
    msg: text,
  })
})

test('one line says when, who, which request, what and which task', () => {
  const line = {
    ...readLogLine('gateway', 'request', NOW),
    route: 'POST /tools/upscale-video',
    status: 200,
    ms: 41,
    request_id: 'req_1',
    task_id: 'task_2',
  }
  const rendered = renderLogLine(line, PLAIN)
  expect(rendered).toMatch(clock)
  expect(rendered.replace(clock, '')).toBe(
    'gateway        req_1 POST /tools/upscale-video 200 41 ms task_2',
  )
})

test('the message of an error stands on the line of what failed', () => {
  const line = { ...readLogLine('billing', 'debit failed', NOW), err: { message: 'no database' } }
  expect(renderLogLine(line, PLAIN).replace(clock, '')).toBe(
    'billing        debit failed no database',
  )
})
