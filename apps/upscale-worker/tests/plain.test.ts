import { expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import type { ClipName } from '@upscale/testing'
import type { UpscaleFactor } from '@upscale/types'
import type { Engine } from '../src/engines/engine.ts'
import { testUpscale } from './test-upscale.ts'

/** A provider that no test job may reach. */
const provider: Engine = {
  name: 'provider',
  upscale: async () => {
    throw new Error('a test job reached the provider')
  },
}

test.each<[ClipName, UpscaleFactor, string, number, string[]]>([
  ['base.mp4', '2', '640x360', 90, ['aac']],
  ['odd.mp4', '1', '162x92', 90, []],
  ['rot90.mp4', '2', '360x640', 90, ['aac']],
  ['hi10.mp4', '1', '320x180', 10, []],
  ['interlaced.mp4', '1', '720x576', 25, []],
])('a test job: %s at %sx is resized plainly to %s', async (name, factor, size, frames, sound) => {
  const given = { engine: provider }
  await using job = await testUpscale(await clip(name), { factor, livemode: false, given })
  const { output, outputKey } = await job.run()
  const { video, audio } = await job.result(outputKey)
  expect(`${output.width}x${output.height}`).toBe(size)
  expect(`${video?.width}x${video?.height}`).toBe(size)
  expect(video?.times).toHaveLength(frames)
  expect(video?.pixelFormat).toBe('yuv420p')
  expect(audio.map(({ codec }) => codec)).toEqual(sound)
  expect(await job.ctx.metrics.metrics()).toContain(
    `upscale_worker_attempts_total{factor="${factor}",engine="plain",outcome="completed",key=""} 1`,
  )
})

test('a live job keeps the engine that cleans', async () => {
  await using job = await testUpscale(await clip('still.mp4'), { factor: '1' })
  await job.run()
  expect(await job.ctx.metrics.metrics()).toContain('engine="local",outcome="completed"')
})
