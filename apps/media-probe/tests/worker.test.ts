import { expect, test } from '@jest/globals'
import { clipBytes, testTemporal } from '@upscale/testing'
import type { ProbeActivities } from '@upscale/workflows/activities'
import { QUEUES, SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import { startMediaProbe } from '../src/start-media-probe.ts'
import { startOrigin, withRanges } from './origin.ts'
import { testProbe } from './test-probe.ts'

test('queue media-probe answers with facts, refusals are final, health and metrics are up', async () => {
  await using temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  const video = withRanges(await clipBytes('fast.mp4'))
  const page = withRanges(await clipBytes('page.mp4'))
  await using origin = await startOrigin((req, res) =>
    req.url === '/page.mp4' ? page(req, res) : video(req, res),
  )
  const { ctx, input } = testProbe(origin.pair)
  const internal = { host: '127.0.0.1', port: 0 }
  await using probe = await startMediaProbe(ctx, { temporal, internal, maxConcurrent: 4 })
  const activities = temporal.client.activity.typed<ProbeActivities>()
  const ask = (path: string) =>
    activities.execute('probeVideo', {
      id: path,
      taskQueue: QUEUES.mediaProbe,
      args: [input(origin.url(path))],
      startToCloseTimeout: '13s',
    })

  expect(await ask('fast.mp4')).toMatchObject({ durationMs: 3000, layout: 'faststart' })
  await expect(ask('page.mp4')).rejects.toMatchObject({
    cause: {
      type: 'PROBE_FAILED',
      nonRetryable: true,
      details: [{ key: 'source_not_video', attempt: 1 }],
    },
  })

  const health = await fetch(`http://127.0.0.1:${probe.port}/readyz`)
  expect(await health.json()).toEqual({ temporal: 'ok' })
  const metrics = await fetch(`http://127.0.0.1:${probe.port}/metrics`)
  expect(await metrics.text()).toContain('upscale_probe_answers_total{code="PROBE_FAILED"')
})
