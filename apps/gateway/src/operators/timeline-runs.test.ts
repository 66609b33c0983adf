import { expect, test } from '@jest/globals'
import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client'
import type { TaskId } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import type { HistoryEvent } from './timeline-event.ts'
import { readRuns } from './timeline-runs.ts'

const startTime = new Date('2026-11-24T12:00:00.000Z')
const RESET_CAUSE = 20

/** Temporal with these runs, newest first; each was made of the next one by a Reset, as far as `chain` goes. */
function temporalWith({ runs, chain = 0, slow }: { runs: number; chain?: number; slow?: string }) {
  const asked: string[] = []
  const status = { name: 'RUNNING' }
  const events = (runId: string): HistoryEvent[] => {
    const next = Number(runId) + 1
    const reset = { cause: RESET_CAUSE, baseRunId: String(next), newRunId: runId }
    return [{ workflowTaskFailedEventAttributes: next < chain ? reset : null }]
  }
  const client = {
    withDeadline: (_: number, call: () => Promise<unknown>) => call(),
    workflow: {
      async *list() {
        for (let n = 0; n < runs; n += 1) yield { runId: String(n), startTime }
      },
      getHandle: (_: string, runId = '0') => ({
        describe: async () => ({ runId, status, startTime, raw: {} }),
        async fetchHistory() {
          asked.push(runId)
          if (runId === slow) throw new WorkflowUpdateRPCTimeoutOrCancelledError('too slow')
          return { events: events(runId) }
        },
      }),
    },
  }
  return { asked, ctx: { temporal: { client } } as unknown as Pick<GatewayContext, 'temporal'> }
}

test('no more runs are read than are shown, however far back the resets lead', async () => {
  const { asked, ctx } = temporalWith({ runs: 3, chain: 100 })
  const read = await readRuns(ctx, 'task_a' as TaskId)
  expect(read?.runs).toHaveLength(20)
  expect(asked).toHaveLength(20)
})

test('the newest runs are read, and the others are missing', async () => {
  const { ctx } = temporalWith({ runs: 22 })
  const read = await readRuns(ctx, 'task_a' as TaskId)
  expect(read?.missing).toEqual([
    { runId: '20', startedAt: startTime },
    { runId: '21', startedAt: startTime },
  ])
})

test('a history that does not come in time is missing, and the others are shown', async () => {
  const { ctx } = temporalWith({ runs: 3, slow: '1' })
  const read = await readRuns(ctx, 'task_a' as TaskId)
  expect(read?.runs.map(({ runId }) => runId)).toEqual(['0', '2'])
  expect(read?.missing).toEqual([{ runId: '1', startedAt: startTime }])
})
