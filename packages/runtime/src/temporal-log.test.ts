import { expect, test } from '@jest/globals'
import { createLogger } from './logger.ts'
import { logTemporal } from './temporal-log.ts'

function linesOf(log: (logger: ReturnType<typeof createLogger>) => void) {
  const lines: unknown[] = []
  log(createLogger('orchestrator', 'info', { write: (line) => void lines.push(JSON.parse(line)) }))
  return lines
}

test('a line about a workflow names its task and its error', () => {
  const meta = { workflowId: 'task_1', runId: 'r', error: new Error('no credits') }
  expect(linesOf((logger) => logTemporal(logger, 'ERROR', 'Workflow failed', meta))).toEqual([
    expect.objectContaining({
      level: 'error',
      msg: 'Workflow failed',
      task_id: 'task_1',
      err: expect.objectContaining({ type: 'Error', message: 'no credits' }),
      temporal: { workflowId: 'task_1', runId: 'r' },
    }),
  ])
})

test('one about an activity names the task of its workflow', () => {
  const meta = { workflowExecution: { workflowId: 'task_2', runId: 'r' } }
  const [line] = linesOf((logger) => logTemporal(logger, 'WARN', 'Activity failed', meta))
  expect(line).toMatchObject({ task_id: 'task_2' })
  expect(line).not.toHaveProperty('err')
})

test('small talk stays below info', () => {
  const said = linesOf((logger) => {
    logTemporal(logger, 'INFO', 'Worker state changed', undefined)
    logTemporal(logger, 'WARN', 'No activities registered, not polling', undefined)
  })
  expect(said).toEqual([])
})
