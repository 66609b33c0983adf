import { expect, test } from '@jest/globals'
import { clipBytes } from '@upscale/testing'
import type { ClipName } from '@upscale/testing'
import { readMedia } from '../src/index.ts'
import { memorySource, readBytes } from './memory-source.ts'

test.each<[ClipName, string, string]>([
  ['trunc.mp4', 'PROBE_FAILED', 'source_truncated'],
  ['trunc.mkv', 'PROBE_FAILED', 'source_truncated'],
  ['500bytes.mp4', 'PROBE_FAILED', 'source_truncated'],
  ['empty.mp4', 'PROBE_FAILED', 'source_not_video'],
  ['page.mp4', 'PROBE_FAILED', 'source_not_video'],
  ['noise.mp4', 'PROBE_FAILED', 'source_not_video'],
  ['png.mp4', 'PROBE_FAILED', 'source_not_video'],
  ['hls.mp4', 'PROBE_FAILED', 'source_not_video'],
  ['concat.mp4', 'PROBE_FAILED', 'source_not_video'],
  ['v.webm', 'UNSUPPORTED_VIDEO', 'format_not_supported'],
  ['v.avi', 'UNSUPPORTED_VIDEO', 'format_not_supported'],
  ['a.m4a', 'UNSUPPORTED_VIDEO', 'no_video_stream'],
  ['enc.mp4', 'UNSUPPORTED_VIDEO', 'video_encrypted'],
  ['manytracks.mp4', 'UNSUPPORTED_VIDEO', 'too_many_streams'],
  ['sheared.mp4', 'UNSUPPORTED_VIDEO', 'video_geometry_invalid'],
  ['lies1.mp4', 'UNSUPPORTED_VIDEO', 'media_inconsistent'],
  ['lies1mvhd.mp4', 'UNSUPPORTED_VIDEO', 'media_inconsistent'],
])('%s: %s %s', async (name, code, key) => {
  await expect(readBytes(await clipBytes(name))).rejects.toMatchObject({
    name: 'AppError',
    code,
    key,
  })
})

test.each<[ClipName, RegExp]>([
  ['page.mp4', /the address gives a web page/],
  ['hls.mp4', /the address gives a playlist/],
  ['empty.mp4', /the file is empty/],
  ['v.webm', /^webm is not supported\. Use MP4, MOV or MKV$/],
])('%s is refused by what it is', async (name, message) => {
  await expect(readBytes(await clipBytes(name))).rejects.toThrow(message)
})

test('a picture file named as a video', async () => {
  const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heicmif1'), Buffer.alloc(40)])
  await expect(readBytes(heic)).rejects.toMatchObject({ key: 'no_video_stream' })
})

test('a live file whose size nobody says has no end to look at', async () => {
  const source = memorySource(await clipBytes('live.mkv'), { sized: false })
  await expect(readMedia(source)).rejects.toMatchObject({ key: 'no_duration' })
})

test('what the source throws comes through', async () => {
  const gone = new Error('connection lost')
  const source = { size: 1000, read: () => Promise.reject(gone) }
  await expect(readMedia(source)).rejects.toBe(gone)
})
