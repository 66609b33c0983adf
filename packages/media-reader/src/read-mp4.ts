import type { MediaFacts } from '@upscale/types'
import { outlasts, refuseTooLong } from './duration-rules.ts'
import { aspect, rotationOf, timesMatrix, uprightSize } from './display.ts'
import type { HeaderReader } from './byte-source.ts'
import { checkedMs, roundedFps } from './facts.ts'
import { findMovie, sizeOf } from './find-movie.ts'
import { headerMs, readMovie } from './mp4-movie.ts'
import type { Movie, Track } from './mp4-movie.ts'
import { fragmentedTiming, plainTiming } from './mp4-timing.ts'
import { inconsistent, noDuration, noPicture, oddGeometry } from './refusals.ts'
import { readPictureEntry, soundCodec } from './sample-entry.ts'
import type { PictureEntry } from './sample-entry.ts'

/** Facts from the headers of an MP4 or MOV file. */
export async function readMp4(headers: HeaderReader): Promise<MediaFacts> {
  const { moov, end, layout, brand } = await findMovie(headers)
  const movie = readMovie(moov)
  const containerMs = Math.round(headerMs(movie.header))
  refuseTooLong(containerMs)
  const track = movie.tracks.find(({ kind }) => kind === 'video')
  if (!track) throw noPicture()
  const picture = readPicture(movie, track)
  const { durationMs, ...timing } = await readTiming(headers, movie, track, end)
  // A fragmented movie's header may tell of its first fragment alone.
  const stated = movie.fragments ? 0 : containerMs
  if (stated > 0 && outlasts(durationMs, stated)) throw inconsistent()
  return {
    container: brand === 'qt  ' ? 'mov' : 'mp4',
    bytes: await sizeOf(headers, end),
    durationMs,
    durationFrom: movie.fragments ? 'fragments' : 'header',
    ...(stated > 0 && { containerDurationMs: stated }),
    layout: movie.fragments ? 'fragmented' : layout,
    video: { ...picture, ...timing },
    audio: movie.tracks.filter(({ kind }) => kind === 'sound').map(soundFacts),
    otherTracks: movie.tracks.filter((other) => other.kind !== 'sound' && other !== track).length,
  }
}

async function readTiming(headers: HeaderReader, movie: Movie, track: Track, moovEnd: number) {
  if (track.timescale === 0) throw noDuration('the clock of the video track is 0')
  const { seconds, ...counts } = movie.fragments
    ? await fragmentedTiming(headers, movie, movie.fragments, track, moovEnd)
    : plainTiming(movie, track)
  const durationMs = checkedMs(seconds)
  if (!Number.isFinite(counts.fps)) throw noDuration('the video track has no samples')
  return {
    durationMs,
    ...counts,
    fps: roundedFps(counts.fps),
    frames: Math.max(1, counts.frames),
  }
}

function readPicture({ header }: Movie, { entry, matrix, shown }: Track) {
  const picture = readPictureEntry(entry)
  const { codedWidth, codedHeight } = picture
  if (codedWidth === 0 || codedHeight === 0) throw oddGeometry()
  const rotation = rotationOf(timesMatrix(matrix, header.matrix))
  return {
    ...picture,
    ...uprightSize(codedWidth, codedHeight, rotation),
    rotation,
    sar: picture.sar ?? shownAspect(picture, shown),
  }
}

/** Sample aspect as ffmpeg derives it where only the track header gives another size. */
const shownAspect = ({ codedWidth, codedHeight }: PictureEntry, shown: Track['shown']) =>
  aspect(Math.round(shown.width) * codedHeight, Math.round(shown.height) * codedWidth)

const soundFacts = ({ entry, stsdVersion, language }: Track) => ({
  codec: soundCodec(entry, stsdVersion),
  ...(language !== undefined && { language }),
})
