import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { pictureSeconds } from '@upscale/ffmpeg'
import { clip } from '@upscale/testing'
import type { ClipName } from '@upscale/testing'
import type { UpscaleFactor } from '@upscale/types'
import { factsOf, testUpscale } from './test-upscale.ts'

const run = promisify(execFile)

/** Size, pictures and sound of what a clip becomes. */
async function upscaled(name: ClipName, factor: UpscaleFactor) {
  const path = await clip(name)
  await using job = await testUpscale(path, { factor })
  const { output, outputKey } = await job.run()
  const result = await job.result(outputKey)
  const bytes = await readFile(result.path)
  expect(output.bytes).toBe(bytes.length)
  expect(output.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  expect((await factsOf(result.path)).layout).toBe('faststart')
  expect(await job.leftovers()).toMatchObject({ work: [] })
  const { video, audio, subtitles, chapters, title } = result
  const source = (await job.probe()).video
  if (!video || !source) throw new Error('no picture')
  const sourceMs = pictureSeconds(source) * 1000
  const sound = audio.map(({ codec, language }) => `${codec} ${language}`)
  return { output, video, sound, subtitles, chapters, title, bytes, sourceMs }
}

describe('the result has the size, pictures and sound that were ordered', () => {
  test.each<[ClipName, UpscaleFactor, string, number, string[]]>([
    ['base.mp4', '1', '320x180', 90, ['aac und']],
    ['base.mp4', '2', '640x360', 90, ['aac und']],
    ['base.mp4', '4', '1280x720', 90, ['aac und']],
    ['odd.mp4', '1', '162x92', 90, []], // 4:4:4
    ['odd.mp4', '2', '322x182', 90, []],
    ['odd.mkv', '1', '162x92', 90, []], // VP9
    ['rot90.mp4', '2', '360x640', 90, ['aac und']],
    ['rot180.mp4', '1', '320x180', 90, ['aac und']],
    ['cut.mp4', '2', '640x360', 45, ['aac und']], // an edit list hides 15 more
    ['vfr.mp4', '1', '320x180', 72, ['aac und']],
    ['frag.mp4', '1', '320x180', 90, ['aac und']],
    ['late.mkv', '1', '320x180', 90, ['aac und']],
    ['live.mkv', '1', '320x180', 90, ['aac und']],
    ['over.mov', '1', '160x90', 600, ['aac und']], // PCM that runs on
    ['opus.mkv', '1', '320x180', 90, ['aac und']],
    ['mp3.mp4', '1', '320x180', 90, ['aac und']],
    ['rich.mkv', '1', '320x180', 90, ['aac fre', 'aac ger']],
    ['mute.mp4', '1', '320x180', 90, []],
    ['cover.mp4', '1', '320x180', 90, ['aac und']],
    ['picture.mov', '1', '320x180', 90, ['aac und']],
    ['hi10.mp4', '1', '320x180', 10, []],
    ['alpha.mov', '1', '320x180', 10, []], // ProRes 4444
    ['interlaced.mp4', '1', '720x576', 25, []],
    ['sizes.mp4', '2', '640x360', 60, []],
    ['still.mp4', '4', '1280x720', 1, []],
  ])('%s at %sx: %s, %i pictures, %j', async (name, factor, size, frames, tracks) => {
    const { output, video, sound, sourceMs } = await upscaled(name, factor)
    expect(`${output.width}x${output.height}`).toBe(size)
    expect(`${video.width}x${video.height}`).toBe(size)
    expect(video.times).toHaveLength(frames)
    expect(sound).toEqual(tracks)
    expect(output).toMatchObject({ codec: 'h264', container: 'mp4' })
    expect(video).toMatchObject({ codec: 'h264', pixelFormat: 'yuv420p', rotation: 0 })
    expect(output.durationMs).toBe(Math.round(pictureSeconds(video) * 1000))
    expect(Math.abs(output.durationMs - sourceMs)).toBeLessThan(1000 / output.fps)
  })
})

test.each<[ClipName, { frames: number; fps: number } | undefined]>([
  ['frag.mp4', { frames: 90, fps: 30 }],
  ['live.mkv', { frames: 90, fps: 30 }],
  ['base.mp4', undefined], // its header is exact
])('counts the pictures of %s where the header only estimates them', async (name, counted) => {
  await using job = await testUpscale(await clip(name), { factor: '1' })
  expect((await job.run()).source).toEqual(counted)
})

test('uneven times are kept to the tick', async () => {
  await using source = await testUpscale(await clip('vfr.mp4'))
  const { times } = (await source.probe()).video ?? {}
  expect(new Set(times?.slice(1).map((time, at) => time - (times[at] ?? 0))).size).toBeGreaterThan(
    3,
  )
  expect((await upscaled('vfr.mp4', '2')).video.times).toEqual(times)
})

test('text and titles are kept', async () => {
  const { subtitles, title } = await upscaled('rich.mkv', '1')
  expect(subtitles).toHaveLength(1)
  expect(title).toBe('Rich')
})

test('title and chapters are kept, places and devices stay behind', async () => {
  const source = await readFile(await clip('tagged.mp4'))
  const { title, chapters, bytes } = await upscaled('tagged.mp4', '1')
  expect(title).toBe('Holiday')
  expect(chapters).toEqual(['Dawn', 'Dusk'])
  for (const secret of ['+52.52', 'Camera9']) {
    expect(source.includes(secret)).toBe(true)
    expect(bytes.includes(secret)).toBe(false)
  }
})

describe('colours', () => {
  test.each<[ClipName, string, string]>([
    ['untagged.mp4', 'bt470bg', 'bt470bg'],
    ['base.mp4', 'smpte170m', 'smpte170m'],
  ])('%s, of SD size without tags, says %s', async (name, matrix, primaries) => {
    const { video } = await upscaled(name, '4')
    expect(video.colour).toEqual({ range: 'tv', matrix, primaries, transfer: 'smpte170m' })
  })

  test('full range becomes limited, with the same mean colour', async () => {
    await using job = await testUpscale(await clip('full.mp4'), { factor: '1' })
    const { outputKey } = await job.run()
    const { path, video } = await job.result(outputKey)
    expect(video?.colour.range).toBe('tv')
    const meanRgb = async (file: string) => {
      const args = ['-v', 'error', '-i', file, '-vf', 'scale=1:1:flags=area,format=rgb24']
      const options = { encoding: 'buffer' as const }
      const { stdout } = await run(
        'ffmpeg',
        [...args, '-frames:v', '1', '-f', 'rawvideo', '-'],
        options,
      )
      return [...stdout]
    }
    const [before, after] = [await meanRgb(await clip('full.mp4')), await meanRgb(path)]
    expect(before).toHaveLength(3)
    for (const [at, level] of before.entries()) {
      expect(Math.abs(level - (after[at] ?? 0))).toBeLessThanOrEqual(3)
    }
  })
})
