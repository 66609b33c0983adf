import { expect, test } from '@jest/globals'
import { clip, testTemporal } from '@upscale/testing'
import { startUpscaleWorker } from '../src/start-upscale-worker.ts'
import { testUpscale } from './test-upscale.ts'

test('is ready when Temporal answers and the tools are there', async () => {
  await using temporal = await testTemporal(['UpscaleStage'])
  await using job = await testUpscale(await clip('still.mp4'))
  const config = { temporal, internal: { host: '127.0.0.1', port: 0 }, slots: 1 }
  await using worker = await startUpscaleWorker(job.ctx, config)
  const ready = async () => {
    const answer = await fetch(`http://127.0.0.1:${worker.port}/readyz`)
    return [answer.status, await answer.json()]
  }
  expect(await ready()).toEqual([200, { temporal: 'ok', magic: 'ok', tools: 'ok' }])

  job.ctx.tools = { ...job.ctx.tools, ffmpeg: '/nowhere/ffmpeg' }
  await new Promise((resolve) => setTimeout(resolve, 1_100)) // checks are kept for a second
  const [status, parts] = await ready()
  expect(status).toBe(503)
  expect(parts).toEqual({ temporal: 'ok', magic: 'ok', tools: '/nowhere/ffmpeg is gone' })
})
