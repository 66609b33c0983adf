import { expect, test } from '@jest/globals'
import { clipBytes } from '@upscale/testing'
import { MAGIC_VIDEOS } from '@upscale/types'
import type { MagicName, UpscaleFactor } from '@upscale/types'
import { startOrigin, withRanges } from './origin.ts'
import { testProbe } from './test-probe.ts'

test.each<[MagicName, UpscaleFactor, object]>([
  ['ok.mp4', '4', { durationMs: 8_500, video: { width: 1280, height: 720 } }],
  ['slow.mp4', '2', { durationMs: 8_500 }],
  ['stuck.mp4', '2', { durationMs: 8_500 }],
  ['sixty.mp4', '4', { durationMs: 60_000 }],
  ['fails-processing.mp4', '2', { durationMs: 8_500 }],
  ['upscaler-timeout.mp4', '2', { durationMs: 8_500 }],
  ['retry.mp4', '2', { durationMs: 8_500 }],
  ['insufficient-credits.mp4', '2', { durationMs: 8_500 }],
  ['big.mp4', '2', { durationMs: 8_500, video: { width: 2560, height: 1440 } }],
])('%s at %s is accepted', async (name, factor, facts) => {
  expect(await testProbe().probeInTest(`https://magic.test/${name}`, factor)).toMatchObject(facts)
})

test.each<[MagicName, UpscaleFactor, object]>([
  [
    'too-long.mp4',
    '2',
    {
      code: 'VIDEO_TOO_LONG',
      message: 'Video is 74.2s long. Maximum is 60s',
      details: { duration: 74.2 },
    },
  ],
  [
    'big.mp4',
    '4',
    {
      code: 'OUTPUT_TOO_LARGE',
      message: '4x of 2560×1440 exceeds 8192 px. Largest factor is 2',
      details: { max_factor: '2' },
    },
  ],
  ['404.mp4', '2', { code: 'PROBE_FAILED', key: 'source_http_status' }],
  ['timeout.mp4', '2', { code: 'PROBE_FAILED', key: 'source_timeout' }],
  ['corrupt.mp4', '2', { code: 'PROBE_FAILED', key: 'source_not_video' }],
  ['clip.webm', '2', { code: 'UNSUPPORTED_VIDEO', key: 'format_not_supported' }],
  ['error.mp4', '2', { code: 'INTERNAL_ERROR' }],
])('%s at %s is refused', async (name, factor, error) => {
  const probed = testProbe().probeInTest(`https://magic.test/${name}`, factor)
  await expect(probed).rejects.toMatchObject({ name: 'AppError', ...error })
})

test('its refusals read like real ones', async () => {
  await using origin = await startOrigin((req, res) => {
    if (req.url === '/404.mp4') res.writeHead(404).end()
    else if (req.url === '/corrupt.mp4') res.end(Buffer.alloc(100, 0xaa))
    else if (req.url === '/clip.webm')
      void clipBytes('v.webm').then((it) => withRanges(it)(req, res))
  })
  const messageOf = async (asked: Promise<unknown>): Promise<string> =>
    await asked.then(String, (error: Error) => error.message)
  for (const name of ['404.mp4', 'timeout.mp4', 'corrupt.mp4', 'clip.webm']) {
    const { probe, probeInTest } = testProbe(origin.pair)
    const magic = await messageOf(probeInTest(`https://magic.test/${name}`))
    expect(magic).toBe(await messageOf(probe(origin.url(name))))
  }
})

test('an unknown name says which there are', async () => {
  const probed = testProbe().probeInTest('https://magic.test/nope.mp4')
  await expect(probed).rejects.toMatchObject({
    code: 'PROBE_FAILED',
    key: 'source_http_status',
    message: expect.stringMatching(/ok\.mp4, slow\.mp4.*documentation/),
  })
})

test('with a live key none of them exists', async () => {
  for (const name of Object.keys(MAGIC_VIDEOS)) {
    const probed = testProbe().probe(`https://magic.test/${name}`)
    await expect(probed).rejects.toMatchObject({
      code: 'PROBE_FAILED',
      key: 'url_host_not_allowed',
    })
  }
})

test('any other URL is read as for a live key', async () => {
  const file = await clipBytes('fast.mp4')
  await using origin = await startOrigin(withRanges(file))
  const media = await testProbe(origin.pair).probeInTest(origin.url('fast.mp4'))
  expect(media).toMatchObject({ durationMs: 3_000, bytes: file.length })
  await expect(testProbe().probeInTest('https://magic.test.local/ok.mp4')).rejects.toMatchObject({
    key: 'url_host_not_allowed',
  })
})
