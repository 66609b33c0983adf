import { readFile, readdir } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { bundle } from './job-bench.ts'

Runtime.install({ logger: new DefaultLogger('ERROR') })
const folder = new URL('../histories/', import.meta.url)
const names = await readdir(folder)

test('there is a history for each outcome', () => {
  expect(names.sort()).toEqual([
    'canceled.json',
    'completed-after-quote.json',
    'completed.json',
    'failed.json',
    'parked-then-refunded.json',
    'parked-then-retried.json',
    'quote.json',
    'refused.json',
    'stopped-by-operator.json',
    'webhook-canceled.json',
    'webhook-delivered.json',
    'webhook-replayed.json',
  ])
})

test.each(names)('%s replays under today’s code', async (name) => {
  const history = historyFromJSON(JSON.parse(await readFile(new URL(name, folder), 'utf8')))
  await Worker.runReplayHistory({ workflowBundle: bundle }, history, name)
})
