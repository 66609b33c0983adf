import { expect, test } from '@jest/globals'
import type { AccountId, RequestId, TaskId } from '@upscale/types'
import { jobOf } from './upscale-job.ts'

const config = {
  jobs: { parkForMs: 86_400_000, retry: { attempts: 10, firstRetryMs: 5_000 } },
  sources: { keyRing: new Map([['k1', Buffer.alloc(32)]]) },
}
const job = (livemode: boolean, sourceUrl: string) => {
  const order = {
    taskId: 'task_0123456789abcdef' as TaskId,
    accountId: `ada:${livemode ? 'live' : 'test'}` as AccountId,
    livemode,
    requestId: 'req_1' as RequestId,
    model: 'topaz-video-upscale',
    videoUrl: sourceUrl,
    upscaleFactor: '2' as const,
    metadata: {},
    createdAt: new Date(0),
    maxCredits: null,
    quoteId: null,
    webhookUrl: null,
    webhookEvents: [],
  }
  return jobOf(config, order, sourceUrl, {})
}
const TEST = { livemode: false, parkForMs: 0, upscale: { attempts: 3, firstRetryMs: 100 } }

test('a live job waits for an operator and is retried through an outage', () => {
  const live = job(true, 'https://example.com/clip.mp4')
  expect(live).toMatchObject({ parkForMs: 86_400_000, upscale: config.jobs.retry })
  expect(Object.keys(live)).not.toContain('livemode')
})

test('a test job waits for nobody', () => {
  const trial = job(false, 'https://example.com/clip.mp4')
  expect(trial).toMatchObject(TEST)
  expect(trial.magic).toBeUndefined()
})

test('the name of a magic video stands in the job, its URL does not', () => {
  const magic = job(false, 'https://magic.test/stuck.mp4?run=7')
  expect(magic).toMatchObject({ ...TEST, magic: 'stuck.mp4' })
  expect(JSON.stringify(magic)).not.toContain('run=7')
})

test('neither an unknown name nor a live job is magic', () => {
  expect(job(false, 'https://magic.test/nope.mp4').magic).toBeUndefined()
  expect(job(true, 'https://magic.test/ok.mp4').magic).toBeUndefined()
})
