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
