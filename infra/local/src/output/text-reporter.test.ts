import { PassThrough } from 'node:stream'
import { expect, test } from '@jest/globals'
import { createJsonReporter } from './json-reporter.ts'
import type { LogFilter } from './log-filter.ts'
import type { LogLine } from './log-line.ts'
import type { ReadyStack } from './reporter.ts'
import { createTextReporter } from './text-reporter.ts'

const STACK: ReadyStack = {
  api: 'http://127.0.0.1:4000',
  gateways: ['http://127.0.0.1:4000'],
  key: 'sk-1',
  testKey: 'sk-test-1',
  temporal: {
    address: '127.0.0.1:4009',
    namespace: 'default',
    ui: 'http://127.0.0.1:4010',
    program: 'temporal',
  },
  database: 'postgres://127.0.0.1:4008/upscale',
  samples: 'http://127.0.0.1:4007',
}
const ROWS = [
  {
    service: 'gateway',
    url: STACK.api,
    health: 'http://127.0.0.1:4001/readyz',
    state: 'ready' as const,
    pid: 7,
  },
  {
    service: 'postgres',
    url: STACK.database,
    health: null,
    state: 'ready' as const,
    pid: 8,
  },
]

const line = (service: string, msg: string, more: Partial<LogLine> = {}): LogLine => ({
  time: '2026-11-24T12:00:00.000Z',
  level: 'info',
  service,
  msg,
  ...more,
})

/** What a file or pipe gets: no colours, no drawing. */
function reporterTo(filter: LogFilter) {
  const out = new PassThrough({ encoding: 'utf8' })
  const reporter = createTextReporter(out as unknown as NodeJS.WriteStream, filter)
  return { reporter, text: () => String(out.read() ?? '') }
}

test('ready prints one table, a request that can be pasted, and a test key', () => {
  const { reporter, text } = reporterTo({ only: [] })
  reporter.ready(STACK, ROWS)
  expect(text()).toBe(
    `
SERVICE   URL                                HEALTH                        STATE
gateway   http://127.0.0.1:4000              http://127.0.0.1:4001/readyz  ready
postgres  postgres://127.0.0.1:4008/upscale  –                             ready

curl http://127.0.0.1:4000/api/v1/tools/upscale-video \\
  -H 'Authorization: Bearer sk-1' -H 'Content-Type: application/json' \\
  -d '{"video_url":"http://127.0.0.1:4007/big-buck-bunny-360p.mp4","upscale_factor":"2"}'

To rehearse instead, at no cost: key sk-test-1 and https://magic.test/ok.mp4

`,
  )
})

test('until the stack is up only trouble is shown, then every line', () => {
  const { reporter, text } = reporterTo({ only: [] })
  reporter.log(line('billing', 'quiet'))
  reporter.log(line('billing', 'trouble', { level: 'warn' }))
  expect(text()).toMatch(/^\S+ billing {8}trouble\n$/)
  reporter.ready(STACK, ROWS)
  text()
  reporter.log(line('billing', 'quiet'))
  expect(text()).toMatch(/^\S+ billing {8}quiet\n$/)
})

test('a filter keeps the lines of some services, or of one task in all of them', () => {
  const some = reporterTo({ only: ['billing'] })
  const one = reporterTo({ only: [], task: 'task_1' })
  for (const { reporter, text } of [some, one]) {
    reporter.ready(STACK, ROWS)
    text()
    reporter.log(line('billing', 'debit', { task_id: 'task_1' }))
    reporter.log(line('gateway', 'admission', { task_id: 'task_1' }))
    reporter.log(line('billing', 'debit', { task_id: 'task_2' }))
  }
  const told = (text: string) => text.match(/(debit|admission) task_\d/g)
  expect(told(some.text())).toEqual(['debit task_1', 'debit task_2'])
  expect(told(one.text())).toEqual(['debit task_1', 'admission task_1'])
})

test('scripts get the lines that they ask for, from the first one on', () => {
  const out = new PassThrough({ encoding: 'utf8' })
  const reporter = createJsonReporter(out, { only: ['billing'], task: 'task_1' })
  reporter.log(line('billing', 'debit', { task_id: 'task_1' }))
  reporter.log(line('gateway', 'admission', { task_id: 'task_1' }))
  reporter.log(line('billing', 'debit', { task_id: 'task_2' }))
  expect(out.read()).toBe(
    '{"kind":"log","time":"2026-11-24T12:00:00.000Z","level":"info","service":"billing","msg":"debit","task_id":"task_1"}\n',
  )
})
