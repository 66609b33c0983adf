import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import { VIEWS, fillIn } from '../src/views.ts'

let temporal: TestTemporal
beforeAll(async () => {
  temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
})
afterAll(async () => {
  await temporal[Symbol.asyncDispose]()
})

const BLANKS = {
  account: 'acme:live',
  code: 'UPSCALER_TIMEOUT',
  now: new Date('2026-11-24T12:00:00Z'),
}

test.each(VIEWS)('Temporal answers: $question', async ({ question, query }) => {
  const filled = fillIn(query, BLANKS)
  expect(filled).not.toContain('<15')
  expect(question).toMatch(/\?$/)
  expect(await temporal.client.workflow.count(filled)).toMatchObject({ count: 0 })
})

test('Temporal refuses a query of an attribute that it does not know', async () => {
  await expect(temporal.client.workflow.count('UpscaleStages = "done"')).rejects.toThrow()
})

test('only a run that goes on waits for a person, not one that was ended while it was parked', async () => {
  const { workflow } = temporal.client
  const [parked] = await Promise.all(
    ['parked', 'ended'].map((workflowId) =>
      workflow.start('upscaleVideo', {
        workflowId,
        taskQueue: 'nobody',
        searchAttributes: { UpscaleStage: ['needs_attention'] },
      }),
    ),
  )
  await workflow.getHandle('ended').terminate()
  const closed = 'ExecutionStatus = "Terminated"'
  while ((await workflow.count(closed)).count === 0) await sleep(20)
  expect((await workflow.count(VIEWS[0].query)).count).toBe(1)
  await parked?.terminate()
})
