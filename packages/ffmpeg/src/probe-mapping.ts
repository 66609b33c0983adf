import type { AudioStream, Colour, MediaInfo, TextStream, VideoStream } from './media-info.ts'
import { TEXT_SUBTITLES } from './safe-flags.ts'

/** The part of ffprobe's JSON that we ask for. */
export interface ProbeJson {
  format?: { start_time?: string; tags?: Tags }
  streams?: ProbeStream[]
  packets?: ProbePacket[]
  chapters?: { tags?: Tags }[]
}

type Tags = Record<string, string>

interface ProbeStream {
  index: number
  codec_type?: string
  codec_name?: string
  width?: number
  height?: number
  pix_fmt?: string
  color_range?: string
  color_space?: string
  color_primaries?: string
  color_transfer?: string
  field_order?: string
  time_base?: string
  channels?: number
  disposition?: { attached_pic?: number }
  tags?: Tags
  side_data_list?: { rotation?: number }[]
}

interface ProbePacket {
  stream_index: number
  pts?: number
  duration?: number
  flags?: string
}

const STILL_CODECS = ['mjpeg', 'png'] // cover art that is not marked as such
const INTERLACED = ['tt', 'bb', 'tb', 'bt']

export function mediaInfoFrom({
  format,
  streams = [],
  packets = [],
  chapters,
}: ProbeJson): MediaInfo {
  const video = streams.find(isRealVideo)
  const byType = (type: string) => streams.filter(({ codec_type }) => codec_type === type)
  return {
    startSeconds: Number(format?.start_time ?? 0) || 0,
    video: video && videoFrom(video, packets),
    audio: byType('audio').map((stream) => audioFrom(stream, packets)),
    subtitles: byType('subtitle')
      .filter(({ codec_name = '' }) => TEXT_SUBTITLES.includes(codec_name))
      .map(textFrom),
    chapters: (chapters ?? []).map(({ tags }) => tags?.['title'] ?? ''),
    title: format?.tags?.['title'],
  }
}

const isRealVideo = ({ codec_type, codec_name = '', disposition }: ProbeStream): boolean =>
  codec_type === 'video' && !disposition?.attached_pic && !STILL_CODECS.includes(codec_name)

function videoFrom(stream: ProbeStream, packets: ProbePacket[]): VideoStream {
  const shown = packets
    .filter(({ stream_index, flags }) => stream_index === stream.index && !flags?.includes('D'))
    .flatMap(({ pts, duration }) => (pts === undefined ? [] : [{ pts, duration }]))
    .sort((a, b) => a.pts - b.pts)
  const times = shown.map(({ pts }) => pts)
  return {
    index: stream.index,
    codec: stream.codec_name ?? '',
    width: stream.width ?? 0,
    height: stream.height ?? 0,
    rotation: clockwise(stream.side_data_list),
    pixelFormat: stream.pix_fmt ?? '',
    colour: colourFrom(stream),
    interlaced: INTERLACED.includes(stream.field_order ?? ''),
    timescale: timescaleOf(stream),
    times,
    lastTicks: shown.at(-1)?.duration ?? usualStep(times),
  }
}

/** ffprobe counts counter-clockwise, −180 to 180. */
const clockwise = (sideData: ProbeStream['side_data_list']): number => {
  const turn = sideData?.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0
  return (360 - turn) % 360
}

const timescaleOf = ({ time_base = '1/1000' }: ProbeStream): number => {
  const [ticks = 1, seconds = 1000] = time_base.split('/').map(Number)
  return seconds / ticks
}

/** Middle one of the steps between pictures: what the last one most likely lasts. */
function usualStep(times: readonly number[]): number {
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0
}

const said = (name: string | undefined): string | undefined =>
  name === undefined || ['unknown', 'unspecified', 'reserved'].includes(name) ? undefined : name

function colourFrom(stream: ProbeStream): Colour {
  const range = said(stream.color_range)
  return {
    range: range === 'tv' || range === 'pc' ? range : undefined,
    matrix: said(stream.color_space),
    primaries: said(stream.color_primaries),
    transfer: said(stream.color_transfer),
  }
}

function audioFrom(stream: ProbeStream, packets: ProbePacket[]): AudioStream {
  const last = packets.findLast(({ stream_index }) => stream_index === stream.index)
  const endTicks = (last?.pts ?? 0) + (last?.duration ?? 0)
  return {
    ...textFrom(stream),
    codec: stream.codec_name ?? '',
    channels: stream.channels ?? 2,
    endSeconds: endTicks / timescaleOf(stream),
  }
}

const textFrom = ({ index, tags }: ProbeStream): TextStream => ({
  index,
  language: tags?.['language'],
  title: tags?.['title'],
})
