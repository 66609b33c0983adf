import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import type { HistoryEvent } from './timeline-event.ts'
import { historyEvents } from './timeline-history.ts'

const folder = new URL('../../../../packages/workflows/histories/', import.meta.url)

interface Recorded {
  events: { eventType: string; userMetadata?: object; [attributes: string]: unknown }[]
}

const recorded = async (name: string): Promise<Recorded> =>
  JSON.parse(await readFile(new URL(`${name}.json`, folder), 'utf8')) as Recorded

const eventsOf = (history: Recorded): HistoryEvent[] => historyFromJSON(history).events ?? []

const whatOf = (...runs: { runId: string; events: HistoryEvent[] }[]) =>
  historyEvents(runs).map(({ what }) => what)

const read = async (name: string) =>
  whatOf({ runId: 'run-1', events: eventsOf(await recorded(name)) })

const ADMITTED = [
  'run run-1 started: 2x for tester:live',
  'update admit accepted',
  'probeVideo (cdn.example) scheduled',
  'probeVideo (cdn.example) completed',
  'debit (9 s at 2x) scheduled',
  'debit (9 s at 2x) completed: debited',
  'upscale (2x, round 1) scheduled',
  'recordTask (pending) scheduled',
  'update admit completed: admitted for 144 credits',
]

test('a job that was parked and retried, each activity with its attempts', async () => {
  const what = await read('parked-then-retried')
  expect(what.slice(0, ADMITTED.length)).toEqual(ADMITTED)
  expect(what.filter((line) => /upscale|waits|update retry|run ended/.test(line))).toEqual([
    'upscale (2x, round 1) scheduled',
    'upscale (2x, round 1) failed after 2 attempts: UPSCALER_UNAVAILABLE: for a test',
    'waits up to 1 min: refund unless an operator decides',
    'update retry accepted',
    'update retry completed: retry: no reason given',
    'upscale (2x, round 2) scheduled',
    'upscale (2x, round 2) completed',
    'run ended: completed, 1280x720, 144 credits',
  ])
})

test.each([
  [
    'refused',
    [
      'probeVideo (cdn.example) failed: PROBE_FAILED: Could not read video duration from URL: the server answered 404',
      'update admit completed: refused, PROBE_FAILED: Could not read video duration from URL: the server answered 404',
      'run ended: refused, PROBE_FAILED: Could not read video duration from URL: the server answered 404',
    ],
  ],
  [
    'failed',
    [
      'upscale (2x, round 1) failed: SOURCE_UNREADABLE: for a test',
      'refund (SOURCE_UNREADABLE, all back) completed: refunded',
      'run failed: SOURCE_UNREADABLE: for a test; refunded in full',
    ],
  ],
  [
    'parked-then-refunded',
    [
      'waits up to 300 ms: refund unless an operator decides',
      'time ran out after 300 ms: refund unless an operator decides',
      'run failed: UPSCALER_UNAVAILABLE: for a test; refunded in full',
    ],
  ],
  [
    'canceled',
    [
      'update cancel accepted',
      'upscale (2x, round 1) is asked to stop',
      'update cancel completed: the work is asked to stop',
      'upscale (2x, round 1) canceled, 25 % done',
      'refund (TASK_CANCELED, 25 % done is kept) completed: refunded',
      'run ended: canceled, TASK_CANCELED: Canceled by the customer',
    ],
  ],
  [
    'stopped-by-operator',
    ['cancel requested', 'upscale (2x, round 1) canceled, 25 % done', 'run ended as canceled'],
  ],
])('%s tells what happened', async (name, lines) => {
  const what = await read(name)
  expect(what.filter((line) => lines.includes(line))).toEqual(lines)
})

test('who and when stand beside it', async () => {
  const history = await recorded('completed')
  const [first] = historyEvents([{ runId: 'run-1', events: eventsOf(history) }])
  const at = String(history.events[0]?.['eventTime'])
  expect(first).toEqual({
    at: new Date(at).toISOString(),
    source: 'workflow',
    what: ADMITTED[0],
    who: 'worker',
  })
})

test('what another key has sealed is said to be unreadable', async () => {
  const history = await recorded('completed')
  const sealed = JSON.parse(
    JSON.stringify(history).replaceAll(
      Buffer.from('json/plain').toString('base64'),
      Buffer.from('binary/encrypted').toString('base64'),
    ),
  ) as Recorded
  const what = whatOf({ runId: 'run-1', events: eventsOf(sealed) })
  expect(what).toContain('run run-1 started: (unreadable)')
  expect(what).toContain('upscale ((unreadable)) completed')
  expect(what).toContain('update admit completed: (unreadable)')
  expect(what.at(-1)).toBe('run ended: (unreadable)')
})

/** A run that a Reset made: it begins with a copy of another one. */
async function resetRun() {
  const history = await recorded('completed')
  const isSettle = (event: object) => JSON.stringify(event).includes('"settle"')
  const fork = history.events.findIndex(isSettle)
  const reset = {
    eventId: history.events[fork - 1]?.['eventId'],
    eventTime: history.events[fork - 1]?.['eventTime'],
    eventType: 'EVENT_TYPE_WORKFLOW_TASK_FAILED',
    workflowTaskFailedEventAttributes: {
      cause: 'WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW',
      failure: { message: 'settle again', resetWorkflowFailureInfo: {} },
      identity: 'history-service',
      baseRunId: 'run-1',
      newRunId: 'run-2',
    },
  }
  const { events } = history
  return eventsOf({ events: [...events.slice(0, fork - 1), reset, ...events.slice(fork)] })
}
const AFTER_RESET = [
  'run run-1 was reset to run run-2: settle again',
  'settle (generation 1) scheduled',
]

test('a Reset repeats nothing of the run that it was made of', async () => {
  const base = { runId: 'run-1', events: eventsOf(await recorded('completed')) }
  const what = whatOf(base, { runId: 'run-2', events: await resetRun() })
  expect(what.filter((line) => line.includes('run-2'))).toEqual([AFTER_RESET[0]])
  expect(what.slice(whatOf(base).length).slice(0, 2)).toEqual(AFTER_RESET)
})

test('once the run that was reset is gone, the copy tells of it', async () => {
  const what = whatOf({ runId: 'run-2', events: await resetRun() })
  expect(what[0]).toBe('run run-2 started: 2x for tester:live')
  expect(what).toContain(AFTER_RESET[0])
})

test('an operator is named by the note, and told from the reason', async () => {
  const history = await recorded('parked-then-retried')
  const args = (note: unknown) => ({
    payloads: [
      {
        metadata: { encoding: Buffer.from('json/plain').toString('base64') },
        data: Buffer.from(JSON.stringify(note)).toString('base64'),
      },
    ],
  })
  const withNote = (note: unknown) => {
    const events = structuredClone(history.events)
    for (const { workflowExecutionUpdateAcceptedEventAttributes: accepted } of events) {
      const input = (accepted as { acceptedRequest: { input: { name: string; args: object } } })
        ?.acceptedRequest.input
      if (input?.name === 'retry') input.args = args(note)
    }
    const all = historyEvents([{ runId: 'run-1', events: eventsOf({ events }) }])
    const found = all.find(({ what }) => what.startsWith('update retry accepted'))
    return [found?.what, found?.who]
  }
  expect(withNote({ actor: 'ana', reason: 'disk is free again' })).toEqual([
    'update retry accepted: disk is free again',
    'ana',
  ])
  expect(withNote('try now')).toEqual(['update retry accepted: try now', 'worker'])
  expect(withNote(null)).toEqual(['update retry accepted', 'worker'])
})

test('a run of very many events is cut in the middle, and says so', () => {
  const events = Array.from({ length: 400 }, (_, n): HistoryEvent => ({
    workflowExecutionSignaledEventAttributes: { signalName: String(n) },
  }))
  const what = whatOf({ runId: 'run-1', events })
  expect(what).toHaveLength(301)
  expect(what.slice(49, 52)).toEqual([
    'signal 49 received',
    'and 100 more events of run run-1: the Temporal UI shows them',
    'signal 150 received',
  ])
  expect(what.at(-1)).toBe('signal 399 received')
  expect(whatOf({ runId: 'run-1', events: events.slice(0, 300) })).toHaveLength(300)
})
