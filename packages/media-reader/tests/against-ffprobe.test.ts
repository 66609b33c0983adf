import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { clip, clipBytes } from '@upscale/testing'
import type { ClipName } from '@upscale/testing'
import { readBytes } from './memory-source.ts'

const run = promisify(execFile)
const FFPROBE = process.env['FFPROBE_PATH'] ?? 'ffprobe'

interface Stream {
  codec_name: string
  codec_type: string
  width: number
  height: number
  sample_aspect_ratio?: string
  avg_frame_rate: string
  side_data_list?: { rotation?: number }[]
}

async function probe(name: ClipName): Promise<Stream[]> {
  const args = ['-v', 'error', '-show_streams', '-of', 'json', await clip(name)]
  const { stdout } = await run(FFPROBE, args)
  return (JSON.parse(stdout) as { streams: Stream[] }).streams
}

const ratio = (text: string, mark: string) => {
  const [over = 0, under = 1] = text.split(mark).map(Number)
  return over / under
}

test.each<ClipName>([
  'base.mp4',
  'base.mov',
  'base.mkv',
  'frag.mp4',
  'cut.mp4',
  'ntsc.mp4',
  'rot90.mp4',
  'rot180.mp4',
  'rot270.mp4',
  'sar.mp4',
  'sar.mkv',
  'untagged.mp4',
  'odd.mp4',
  'odd.mkv',
  'hdr10.mp4',
  'alpha.mov',
  'interlaced.mkv',
  'rich.mkv',
  'opus.mkv',
  'mp3.mp4',
  'ac3.mov',
  'over.mov',
  'dts.mkv',
  'av1.mp4',
  'hevc.mkv',
])('%s: codecs, size, rotation, aspect and rate as ffprobe reads them', async (name) => {
  const { video, audio } = await readBytes(await clipBytes(name))
  const streams = await probe(name)
  const stream = streams.find(({ codec_type: type }) => type === 'video')
  const turned =
    stream?.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0
  expect({
    codec: video.codec,
    size: [video.codedWidth, video.codedHeight],
    rotation: video.rotation,
    audio: audio.map(({ codec }) => codec),
  }).toEqual({
    codec: stream?.codec_name,
    size: [stream?.width, stream?.height],
    rotation: (360 - turned) % 360,
    audio: streams.filter((s) => s.codec_type === 'audio').map((s) => s.codec_name),
  })
  expect(video.sar[0] / video.sar[1]).toBeCloseTo(
    ratio(stream?.sample_aspect_ratio ?? '1:1', ':'),
    5,
  )
  expect(video.fps).toBeCloseTo(ratio(stream?.avg_frame_rate ?? '', '/'), 1)
})
