import { describe, expect, test } from '@jest/globals'
import type { MediaFacts } from '@upscale/types'
import { clipBytes, findBox } from '@upscale/testing'
import type { ClipName } from '@upscale/testing'
import { readMedia } from '../src/index.ts'
import { memorySource, readBytes } from './memory-source.ts'

test('all facts of the main job', async () => {
  const file = await clipBytes('base.mp4')
  expect(await readBytes(file)).toEqual({
    container: 'mp4',
    bytes: file.length,
    durationMs: 3000,
    durationFrom: 'header',
    containerDurationMs: 3000,
    layout: 'moov_at_end',
    video: {
      codec: 'h264',
      width: 320,
      height: 180,
      codedWidth: 320,
      codedHeight: 180,
      rotation: 0,
      sar: [1, 1],
      fps: 30,
      frames: 90,
      framesExact: true,
      vfr: false,
      transfer: 'sdr',
      dolbyVision: false,
      bitDepth: 8,
      interlaced: false,
    },
    audio: [{ codec: 'aac' }],
    otherTracks: 0,
  } satisfies MediaFacts)
})

test('all facts of a Matroska file', async () => {
  const file = await clipBytes('rich.mkv')
  expect(await readBytes(file)).toMatchObject({
    container: 'mkv',
    bytes: file.length,
    durationMs: 3000,
    durationFrom: 'header',
    containerDurationMs: 3021,
    layout: 'faststart',
    video: { codec: 'h264', width: 320, height: 180, fps: 30, frames: 90, framesExact: false },
    audio: [
      { codec: 'aac', language: 'fre' },
      { codec: 'aac', language: 'ger' },
    ],
    otherTracks: 1,
  })
})

describe('layouts give the same picture', () => {
  test.each<[ClipName, object]>([
    ['fast.mp4', { container: 'mp4', layout: 'faststart', durationFrom: 'header' }],
    ['base.mov', { container: 'mov', layout: 'moov_at_end' }],
    ['base.mkv', { container: 'mkv', layout: 'faststart' }],
    ['live.mkv', { container: 'mkv', layout: 'live', durationFrom: 'tail' }],
    ['frag.mp4', { layout: 'fragmented', durationFrom: 'fragments' }],
    ['sidx.mp4', { layout: 'fragmented', durationFrom: 'fragments' }],
    ['delayed.mp4', { layout: 'fragmented' }],
    ['hybrid.mp4', { layout: 'fragmented' }],
    ['manyfrags.mp4', { layout: 'fragmented' }],
  ])('%s', async (name, facts) => {
    expect(await readBytes(await clipBytes(name))).toMatchObject({
      ...facts,
      durationMs: 3000,
      video: { width: 320, height: 180, fps: 30, frames: 90, vfr: false },
    })
  })
})

describe('time', () => {
  test.each<[ClipName, number, object]>([
    ['cut.mp4', 1500, { frames: 45, framesExact: true, fps: 30 }],
    ['vfr.mp4', 3008, { frames: 72, vfr: true }],
    ['vfr.mkv', 3000, { vfr: true }],
    ['open.mp4', 3000, { frames: 90 }],
    ['ntsc.mp4', 2002, { fps: 29.97, frames: 60 }],
    ['fps120.mp4', 1000, { fps: 120, frames: 120 }],
    ['still.mp4', 200, { fps: 5, frames: 1 }],
    ['late.mkv', 3500, {}], // plain Matroska: the container's, start offset included
    ['sixty.mp4', 60_000, { frames: 600 }],
    ['over.mov', 60_000, { frames: 600 }], // its sound runs to 60.4 s
    ['over.mp4', 60_040, { frames: 1501 }],
    ['sixty.mkv', 60_400, {}],
    ['says1.mp4', 1000, { frames: 30 }], // an honest cut: players show one second
    ['lies1.mkv', 1000, {}], // the packets tell more, which no header shows
  ])('%s: %i ms', async (name, durationMs, video) => {
    expect(await readBytes(await clipBytes(name))).toMatchObject({ durationMs, video })
  })
})

describe('picture', () => {
  test.each<[ClipName, object]>([
    ['rot90.mp4', { width: 180, height: 320, codedWidth: 320, codedHeight: 180, rotation: 90 }],
    ['rot180.mp4', { width: 320, height: 180, rotation: 180 }],
    ['rot270.mp4', { width: 180, height: 320, rotation: 270 }],
    ['sar.mp4', { width: 360, height: 288, sar: [64, 45] }],
    ['sar.mkv', { width: 360, height: 288, sar: [64, 45] }],
    ['odd.mp4', { width: 161, height: 91 }],
    ['odd.mkv', { width: 161, height: 91, codec: 'vp9' }],
    ['hdr10.mp4', { codec: 'hevc', transfer: 'pq', bitDepth: 10 }],
    ['hdr10.mkv', { codec: 'hevc', transfer: 'pq', bitDepth: 10 }],
    ['hlg.mp4', { transfer: 'hlg' }],
    ['hi10.mp4', { codec: 'h264', bitDepth: 10, transfer: 'sdr' }],
    ['alpha.mov', { codec: 'prores' }],
    ['av1.mp4', { codec: 'av1', bitDepth: 8 }],
    ['interlaced.mkv', { interlaced: true, fps: 25 }],
    ['interlaced.mov', { interlaced: true, fps: 25 }],
    ['bomb.mp4', { width: 8192, height: 8192 }],
    ['ffv1.mkv', { codec: 'ffv1' }],
    ['picture.mov', { codec: 'h264', width: 320 }], // its first track is cover art
  ])('%s', async (name, video) => {
    expect((await readBytes(await clipBytes(name))).video).toMatchObject(video)
  })

  test('Dolby Vision by its sample entry', async () => {
    const file = Buffer.from(await clipBytes('hdr10.mp4'))
    file.write('dvh1', file.indexOf('hvc1', file.indexOf('stsd')))
    expect((await readBytes(file)).video).toMatchObject({ codec: 'hevc', dolbyVision: true })
  })
})

describe('sound', () => {
  test.each<[ClipName, string[]]>([
    ['mute.mp4', []],
    ['nine.mp4', Array<string>(9).fill('aac')],
    ['mp3.mp4', ['mp3']],
    ['opus.mkv', ['opus']],
    ['ac3.mov', ['ac3']],
    ['over.mov', ['pcm_s16le']],
    ['dts.mkv', ['dts']],
  ])('%s', async (name, codecs) => {
    const { audio } = await readBytes(await clipBytes(name))
    expect(audio.map(({ codec }) => codec)).toEqual(codecs)
  })
})

describe('reads', () => {
  test.each<[ClipName, number]>([
    ['fast.mp4', 1],
    ['base.mp4', 2],
    ['base.mkv', 1],
    ['live.mkv', 2],
    ['sidx.mp4', 4],
    ['frag.mp4', 5],
  ])('%s takes %i', async (name, count) => {
    const source = memorySource(await clipBytes(name))
    await readMedia(source)
    expect(source.reads).toHaveLength(count)
    expect(source.reads[0]).toEqual([0, 65_536])
  })

  test('a two-hour film takes two, and never its whole header', async () => {
    const source = memorySource(await clipBytes('long.mp4'))
    await expect(readMedia(source)).rejects.toMatchObject({
      code: 'VIDEO_TOO_LONG',
      details: { duration: 7200 },
    })
    expect(source.reads).toHaveLength(2)
  })

  test.each<ClipName>(['fast.mp4', 'base.mp4', 'frag.mp4', 'base.mkv'])(
    '%s of a size that nobody says',
    async (name) => {
      const file = await clipBytes(name)
      const facts = await readMedia(memorySource(file, { sized: false }))
      expect(facts).toMatchObject({ durationMs: 3000, bytes: file.length })
    },
  )
})

describe('fragments without an index', () => {
  const withoutIndex = async (name: ClipName) => {
    const file = await clipBytes(name)
    return file.subarray(0, findBox(file, 'mfra').start)
  }

  test.each<ClipName>(['frag.mp4', 'manyfrags.mp4'])('%s: the last bytes tell', async (name) => {
    expect(await readBytes(await withoutIndex(name))).toMatchObject({
      durationMs: 3000,
      durationFrom: 'fragments',
    })
  })

  test('a few are walked where nobody says the size, many are not', async () => {
    const few = memorySource(await withoutIndex('frag.mp4'), { sized: false })
    expect(await readMedia(few)).toMatchObject({ durationMs: 3000 })
    const many = memorySource(await withoutIndex('manyfrags.mp4'), { sized: false })
    await expect(readMedia(many)).rejects.toMatchObject({ key: 'no_duration' })
  })
})
