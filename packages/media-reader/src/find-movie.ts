import type { MediaFacts } from '@upscale/types'
import { topBoxAt } from './boxes.ts'
import type { TopBox } from './boxes.ts'
import { latin1 } from './bytes.ts'
import { FIRST_READ_BYTES } from './byte-source.ts'
import type { HeaderReader } from './byte-source.ts'
import { refuseTooLong } from './duration-rules.ts'
import { headerMs, peekMovieHeader } from './mp4-movie.ts'
import { damaged, noDuration, noPicture, wholeSizeUnknown } from './refusals.ts'

export interface FoundMovie {
  /** What stands in the `moov` box. */
  moov: DataView
  /** Where the box behind it begins. */
  end: number
  layout: Extract<MediaFacts['layout'], 'faststart' | 'moov_at_end'>
  /** Major brand of the file: four characters. */
  brand: string
}

const MAX_TOP_BOXES = 64 // an honest file has 4 to 8 before its movie header
const MAX_MOOV_BYTES = 8 * 1_048_576 // 60 s of 120 fps with sound takes under 1 MiB
const MOVIE_HEADER_BYTES = 128
const IMAGE_BRANDS = /^(heic|heix|hevc|hevx|mif1|msf1|avif|avis)$/

/** Goes from box to box to the movie header; its length alone may answer VIDEO_TOO_LONG. */
export async function findMovie(headers: HeaderReader): Promise<FoundMovie> {
  const brand = latin1(await headers.exactly(8, 4), 0, 4)
  if (IMAGE_BRANDS.test(brand)) throw noPicture()
  let layout: FoundMovie['layout'] = 'faststart'
  let at: number | undefined = 0
  for (let count = 0; at !== undefined; count++) {
    if (count === MAX_TOP_BOXES) throw damaged()
    const box: TopBox | undefined = await topBoxAt(headers, at, FIRST_READ_BYTES)
    if (!box) break
    if (box.type === 'moov') return { ...(await readMoov(headers, box)), layout, brand }
    if (box.type === 'mdat') layout = 'moov_at_end'
    at = box.end
  }
  throw noDuration('the file has no movie header')
}

async function readMoov(
  headers: HeaderReader,
  box: TopBox,
): Promise<{ moov: DataView; end: number }> {
  const length = (box.end ?? Infinity) - box.body
  const start = await headers.upTo(box.body, Math.min(length, MOVIE_HEADER_BYTES))
  const header = peekMovieHeader(start)
  if (header) refuseTooLong(headerMs(header))
  if (box.end === undefined || length > MAX_MOOV_BYTES) {
    throw noDuration('the movie header is over 8 MiB')
  }
  return { moov: await headers.exactly(box.body, length), end: box.end }
}

/**
 * Size of the file in bytes: what the server said, else where the boxes say that it ends. Throws
 * `source_truncated` where a box behind `from` reaches over the end; one further read at most.
 */
export async function sizeOf(headers: HeaderReader, from: number): Promise<number> {
  let end: number | undefined = from
  for (let unread = 0; end !== undefined && unread < 2;) {
    if (!headers.holds(end, 16)) unread += 1
    const box: TopBox | undefined = await topBoxAt(headers, end)
    if (!box) return headers.size() ?? end
    end = box.end
  }
  const size = headers.size() ?? end
  if (size === undefined) throw wholeSizeUnknown()
  return size
}
