import { describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import type { ClipName } from '@upscale/testing'
import { ToolError, findTools, pictureSeconds, probeFile, toolFailureOf } from '../src/index.ts'

const tools = await findTools({ searchPath: process.env['PATH'] ?? '' })
const probe = async (name: ClipName) => probeFile(tools, await clip(name), { timeoutMs: 20_000 })

describe('pictures', () => {
  test.each<[ClipName, number, number]>([
    ['base.mp4', 90, 3],
    ['cut.mp4', 45, 1.5], // 15 more are hidden by the edit list
    ['vfr.mp4', 72, 3.012],
    ['frag.mp4', 90, 3],
    ['late.mkv', 90, 3],
    ['live.mkv', 90, 3],
  ])('%s has %i in %d s', async (name, frames, seconds) => {
    const { video } = await probe(name)
    expect(video?.times).toHaveLength(frames)
    expect(video && pictureSeconds(video)).toBeCloseTo(seconds, 2)
  })

  test('a turn counts clockwise', async () => {
    expect((await probe('rot90.mp4')).video).toMatchObject({
      rotation: 90,
      width: 320,
      height: 180,
    })
    expect((await probe('rot270.mp4')).video?.rotation).toBe(270)
  })

  test('fields, depth and colour are seen', async () => {
    expect((await probe('interlaced.mp4')).video?.interlaced).toBe(true)
    expect((await probe('hi10.mp4')).video).toMatchObject({
      pixelFormat: 'yuv420p10le',
      interlaced: false,
    })
    expect((await probe('hdr10.mp4')).video?.colour).toEqual({
      range: 'tv',
      matrix: 'bt2020nc',
      primaries: 'bt2020',
      transfer: 'smpte2084',
    })
  })

  test('cover art and stills are no video', async () => {
    expect((await probe('cover.mp4')).video?.codec).toBe('h264')
    expect((await probe('picture.mov')).video).toMatchObject({ codec: 'h264', index: 1 })
  })
})

test('sound, text and titles', async () => {
  const { audio, subtitles, title, startSeconds } = await probe('rich.mkv')
  expect(audio.map(({ codec, language }) => [codec, language])).toEqual([
    ['aac', 'fre'],
    ['aac', 'ger'],
  ])
  expect(audio[0]?.endSeconds).toBeCloseTo(3.03, 2)
  expect(subtitles).toHaveLength(1)
  expect([title, startSeconds]).toEqual(['Rich', 0])
})

describe('what is no video of ours', () => {
  test.each<[ClipName, object]>([
    ['hls.mp4', { blame: 'source', key: 'format_not_supported' }],
    ['concat.mp4', { blame: 'source', key: 'format_not_supported' }],
    ['png.mp4', { blame: 'source', key: 'format_not_supported' }],
    ['dts.mkv', { blame: 'source', key: 'codec_not_supported' }],
    ['ffv1.mkv', { blame: 'source', key: 'codec_not_supported' }],
    ['noise.mp4', { blame: 'source', key: 'source_unreadable' }],
  ])('%s is refused', async (name, failure) => {
    const error: unknown = await probe(name).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ToolError)
    expect(toolFailureOf(error as ToolError)).toEqual(failure)
  })
})
