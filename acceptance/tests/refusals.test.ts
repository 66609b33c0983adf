import { afterAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import type { ClipName } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { refusalOf } from '../src/refusal.ts'

const GRANT = 5_000
const cast = await openCast({ name: 'refused', plan: 'pro_monthly', credits: GRANT })
const { stack, host, operator, us } = cast

afterAll(() => cast[Symbol.asyncDispose]())

async function nothingMoved(): Promise<void> {
  expect(await us.credits()).toBe(GRANT)
  expect(await operator.debitsOf('refused')).toBe(0)
}

describe('a source that cannot be used', () => {
  test.each<[string, () => string | Promise<string>, number, string, string]>([
    [
      'port that nobody may open',
      () => 'http://127.0.0.1:9/a.mp4',
      422,
      'PROBE_FAILED',
      'url_port_not_allowed',
    ],
    [
      'host that does not answer',
      () => `http://127.0.0.1:${stack.deadPort}/a.mp4`,
      422,
      'PROBE_FAILED',
      'source_unreachable',
    ],
    [
      'private address',
      () => 'http://10.0.0.1/a.mp4',
      422,
      'PROBE_FAILED',
      'url_address_not_allowed',
    ],
    [
      'name that does not resolve',
      () => 'https://no-such-host.example/a.mp4',
      422,
      'PROBE_FAILED',
      'source_unreachable',
    ],
    ['404', () => host.missing(), 422, 'PROBE_FAILED', 'source_http_status'],
    [
      'page',
      () => host.text('<html>Log in</html>', 'a.mp4', 'text/html'),
      422,
      'PROBE_FAILED',
      'source_not_video',
    ],
    ['truncated file', () => serve('trunc.mp4'), 422, 'PROBE_FAILED', 'source_truncated'],
    ['empty file', () => serve('empty.mp4'), 422, 'PROBE_FAILED', 'source_not_video'],
    ['sound alone', () => serve('a.m4a'), 422, 'UNSUPPORTED_VIDEO', 'no_video_stream'],
    ['WebM', () => serve('v.webm'), 422, 'UNSUPPORTED_VIDEO', 'format_not_supported'],
    ['AVI', () => serve('v.avi'), 422, 'UNSUPPORTED_VIDEO', 'format_not_supported'],
    ['encrypted video', () => serve('enc.mp4'), 422, 'UNSUPPORTED_VIDEO', 'video_encrypted'],
    [
      '240 frames a second',
      () => serve('fps240.mp4'),
      422,
      'UNSUPPORTED_VIDEO',
      'frame_rate_too_high',
    ],
    ['HDR', () => serve('hdr10.mp4'), 422, 'UNSUPPORTED_VIDEO', 'hdr_not_supported'],
    ['60.04 seconds', () => serve('over.mp4'), 422, 'VIDEO_TOO_LONG', 'video_too_long'],
    ['two hours', () => serve('long.mp4'), 422, 'VIDEO_TOO_LONG', 'video_too_long'],
  ])('%s', async (_what, url, status, code, key) => {
    const answer = await us.upscale({ video_url: await url() })
    expect(refusalOf(answer)).toMatchObject({ status, success: false, code, key })
    expect(answer.body.error?.message).toMatch(/^.{10,200}$/)
    expect(answer.body.error?.message).not.toMatch(/at .*\.ts|ECONN|127\.0\.0\.1/)
    await nothingMoved()
  })

  const serve = async (name: ClipName) => host.file(await clip(name), { name })
})

test('the books add up', async () => {
  expect(await operator.brokenBooks()).toEqual([])
})
