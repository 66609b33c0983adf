import { describe, expect, test } from '@jest/globals'
import { clipBytes, findBox } from '@upscale/testing'
import type { ClipName } from '@upscale/testing'
import type { UpscaleFactor } from '@upscale/types'
import { startOrigin, withRanges, withoutRanges } from './origin.ts'
import { testProbe } from './test-probe.ts'

describe('accepts', () => {
  test.each<[ClipName, object]>([
    ['fast.mp4', { container: 'mp4', durationMs: 3000 }],
    ['base.mp4', { container: 'mp4', durationMs: 3000, layout: 'moov_at_end' }],
    ['base.mov', { container: 'mov', durationMs: 3000 }],
    ['base.mkv', { container: 'mkv', durationMs: 3000 }],
    ['live.mkv', { container: 'mkv', durationMs: 3000, layout: 'live' }],
    ['frag.mp4', { container: 'mp4', durationMs: 3000, layout: 'fragmented' }],
    ['sixty.mp4', { durationMs: 60_000 }],
    ['over.mov', { durationMs: 60_000 }],
    ['rot90.mp4', { video: { width: 180, height: 320 } }],
    ['mute.mp4', { audio: [] }],
    ['av1.mp4', { video: { codec: 'av1' } }],
    ['alpha.mov', { video: { codec: 'prores' } }],
  ])('%s', async (name, facts) => {
    const file = await clipBytes(name)
    await using origin = await startOrigin(withRanges(file))
    const media = await testProbe(origin.pair).probe(origin.url(name))
    expect(media).toMatchObject({ ...facts, bytes: file.length, validator: '"v1"' })
    expect(JSON.stringify(media).length).toBeLessThan(2_000)
  })

  test.each<[string, ClipName, boolean]>([
    ['a server without ranges', 'fast.mp4', true],
    ['a server without ranges, headers at the end', 'base.mp4', true],
    ['a server that says neither ranges nor a size', 'fast.mp4', false],
  ])('%s', async (_, name, sized) => {
    const file = await clipBytes(name)
    await using origin = await startOrigin(withoutRanges(file, { sized }))
    const media = await testProbe(origin.pair).probe(origin.url('clip'))
    expect(media).toMatchObject({ durationMs: 3000, bytes: file.length })
    expect(media.validator).toBeUndefined()
    expect(origin.ranges).toHaveLength(1)
  })
})

describe('refuses by content', () => {
  test.each<[ClipName, UpscaleFactor, object]>([
    ['page.mp4', '2', { code: 'PROBE_FAILED', key: 'source_not_video' }],
    ['empty.mp4', '2', { code: 'PROBE_FAILED', key: 'source_not_video' }],
    ['hls.mp4', '2', { code: 'PROBE_FAILED', key: 'source_not_video' }],
    ['trunc.mp4', '2', { code: 'PROBE_FAILED', key: 'source_truncated' }],
    ['v.webm', '2', { code: 'UNSUPPORTED_VIDEO', key: 'format_not_supported' }],
    ['a.m4a', '2', { code: 'UNSUPPORTED_VIDEO', key: 'no_video_stream' }],
    ['enc.mp4', '2', { code: 'UNSUPPORTED_VIDEO', key: 'video_encrypted' }],
    ['ffv1.mkv', '2', { code: 'UNSUPPORTED_VIDEO', key: 'codec_not_supported' }],
    ['dts.mkv', '2', { code: 'UNSUPPORTED_VIDEO', key: 'codec_not_supported' }],
    ['hdr10.mp4', '2', { code: 'UNSUPPORTED_VIDEO', key: 'hdr_not_supported' }],
    ['hlg.mp4', '2', { code: 'UNSUPPORTED_VIDEO', key: 'hdr_not_supported' }],
    ['fps240.mp4', '2', { code: 'UNSUPPORTED_VIDEO', key: 'frame_rate_too_high' }],
    ['lies1.mp4', '2', { code: 'UNSUPPORTED_VIDEO', key: 'media_inconsistent' }],
    ['over.mp4', '2', { code: 'VIDEO_TOO_LONG', details: { duration: 60.04 } }],
    ['long.mp4', '2', { code: 'VIDEO_TOO_LONG', message: 'Video is 7200s long. Maximum is 60s' }],
    [
      'big.mp4',
      '4',
      {
        code: 'OUTPUT_TOO_LARGE',
        message: '4x of 2560×1440 exceeds 8192 px. Largest factor is 2',
        details: { max_factor: '2' },
      },
    ],
    ['bomb.mp4', '2', { code: 'OUTPUT_TOO_LARGE', details: { max_factor: '1' } }],
  ])('%s at %s', async (name, factor, error) => {
    await using origin = await startOrigin(withRanges(await clipBytes(name)))
    const refused = testProbe(origin.pair).probe(origin.url(name), factor)
    await expect(refused).rejects.toMatchObject({ name: 'AppError', ...error })
  })
})

describe('refuses by what the host does', () => {
  test('404', async () => {
    await using origin = await startOrigin((_req, res) => void res.writeHead(404).end())
    await expect(testProbe(origin.pair).probe(origin.url('gone.mp4'))).rejects.toMatchObject({
      code: 'PROBE_FAILED',
      key: 'source_http_status',
      message: expect.stringContaining('404'),
    })
  })

  test('more than 1 GiB', async () => {
    await using origin = await startOrigin((_req, res) => {
      res.writeHead(206, { 'content-range': `bytes 0-65535/${2 ** 30 + 1}` })
      res.end(Buffer.alloc(65_536))
    })
    await expect(testProbe(origin.pair).probe(origin.url('huge.mp4'))).rejects.toMatchObject({
      code: 'SOURCE_TOO_LARGE',
    })
  })

  test('silence: our own clock answers', async () => {
    await using origin = await startOrigin(() => {})
    const began = performance.now()
    await expect(testProbe(origin.pair).probe(origin.url('slow.mp4'))).rejects.toMatchObject({
      code: 'PROBE_FAILED',
      key: 'source_timeout',
    })
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  test('a drip in the middle of the headers', async () => {
    const file = await clipBytes('base.mp4')
    const serve = withRanges(file)
    await using origin = await startOrigin((req, res) => {
      if (req.headers.range?.startsWith('bytes=0-')) serve(req, res)
    })
    await expect(testProbe(origin.pair).probe(origin.url('slow.mp4'))).rejects.toMatchObject({
      key: 'source_timeout',
    })
  })

  test('a local address that no allow-list names', async () => {
    await using origin = await startOrigin(withRanges(await clipBytes('fast.mp4')))
    await expect(testProbe().probe(origin.url('clip.mp4'))).rejects.toMatchObject({
      code: 'PROBE_FAILED',
      key: expect.stringMatching(/^url_(port|address)_not_allowed$/),
    })
    expect(origin.ranges).toEqual([])
  })

  test('a stop is passed on as it is', async () => {
    await using origin = await startOrigin(() => {})
    const reason = new Error('the worker shuts down')
    const stop = new AbortController()
    setTimeout(() => stop.abort(reason), 100)
    const probed = testProbe(origin.pair).probe(origin.url('a.mp4'), '2', stop.signal)
    await expect(probed).rejects.toBe(reason)
  })
})

describe('what it tells us', () => {
  test('an accepted video: one line and its figures, the path hashed, the query nowhere', async () => {
    const file = await clipBytes('base.mp4')
    const { start } = findBox(file, 'moov')
    await using origin = await startOrigin(withRanges(file))
    const { probe, log, ctx } = testProbe(origin.pair)
    await probe(origin.url('secret-path.mp4?token=canary'))
    const line = log().find(({ msg }) => msg === 'video accepted')
    expect(line).toMatchObject({
      level: 'info',
      service: 'media-probe',
      task_id: 'task_0123456789abcdef',
      origin: `http://${origin.pair}`,
      path_sha256: expect.stringMatching(/^[0-9a-f]{16}$/),
      requests: 2,
      bytes: 65_536 + file.length - start, // the first read, and the movie header at the end,
      duration_ms: 3000,
    })
    expect(JSON.stringify(log())).not.toMatch(/secret-path|canary/)
    const figures = await ctx.metrics.metrics()
    expect(figures).toContain('upscale_probe_answers_total{code="ACCEPTED",key="accepted"} 1')
    expect(figures).toContain('upscale_probe_requests_total 2')
  })

  test('a refusal: one line and its figure', async () => {
    await using origin = await startOrigin((_req, res) => void res.writeHead(403).end())
    const { probe, log, ctx } = testProbe(origin.pair)
    await probe(origin.url('secret-path.mp4')).catch(() => undefined)
    expect(log().filter(({ msg }) => msg === 'video refused')).toEqual([
      expect.objectContaining({ level: 'warn', code: 'PROBE_FAILED', key: 'source_http_status' }),
    ])
    expect(JSON.stringify(log())).not.toContain('secret-path')
    expect(await ctx.metrics.metrics()).toContain(
      'upscale_probe_answers_total{code="PROBE_FAILED",key="source_http_status"} 1',
    )
  })
})
