import type { MediaFacts } from '@upscale/types'
import type { HeaderReader } from './byte-source.ts'
import { cutToWholeSecond } from './duration-rules.ts'
import { elementAt, elementsOf, fieldsOf, floatOf, textOf, uintOf } from './ebml.ts'
import type { ElementHead } from './ebml.ts'
import { checkedMs, roundedFps } from './facts.ts'
import { blocksFrom, lastBlocks } from './mkv-blocks.ts'
import { ID } from './mkv-ids.ts'
import { endOfBlocks, frameRate } from './mkv-timing.ts'
import { readMkvPicture, readTracks } from './mkv-tracks.ts'
import type { MkvTrack } from './mkv-tracks.ts'
import { damaged, noDuration, noPicture, truncated, wholeSizeUnknown } from './refusals.ts'
import { formatNotSupported } from './sniff.ts'

const MAX_ELEMENT_BYTES = 1_048_576 // track headers of honest files take under 64 KiB
const MAX_TOP_ELEMENTS = 64
const DEFAULT_TICK_NS = 1_000_000
const MAX_SECONDS = 1e7 // beyond it a duration is a broken number, not a long film
const RATE_BLOCKS = 100
const RATE_READS = 3

/** Facts from the headers of a Matroska file. */
export async function readMkv(headers: HeaderReader): Promise<MediaFacts> {
  const segment = await openSegment(headers)
  const front = await readFront(headers, segment)
  const info = front.info && fieldsOf(front.info)
  const tickNs = uintOf(info?.get(ID.timestampScale), DEFAULT_TICK_NS)
  if (tickNs === 0) throw noDuration('the clock of the file is 0')
  const tracks = readTracks(front.tracks)
  const track = tracks.find(({ kind }) => kind === 'video')
  if (!track) throw noPicture()
  const picture = readMkvPicture(track)
  const stated = statedSeconds(info?.get(ID.duration), tickNs)
  const seconds = stated ?? endOfBlocks(await lastBlocks(headers), tracks, tickNs)
  const containerDurationMs = checkedMs(seconds)
  const durationMs = cutToWholeSecond(containerDurationMs)
  const rate = await readRate(headers, front.cluster, track, tickNs)
  return {
    container: 'mkv',
    bytes: sizeOf(headers, segment),
    durationMs,
    durationFrom: stated === undefined ? 'tail' : 'header',
    containerDurationMs,
    layout: stated === undefined ? 'live' : 'faststart',
    video: {
      ...picture,
      ...rate,
      frames: Math.max(1, Math.round((durationMs / 1000) * rate.fps)),
      framesExact: false,
    },
    audio: tracks.filter(({ kind }) => kind === 'sound').map(soundFacts),
    otherTracks: tracks.filter((other) => other.kind !== 'sound' && other !== track).length,
  }
}

/** The segment behind an EBML header that says Matroska. */
async function openSegment(headers: HeaderReader): Promise<ElementHead> {
  const ebml = await elementAt(headers, 0)
  if (!ebml) throw damaged()
  const docType = textOf(fieldsOf(await bodyOf(headers, ebml)).get(ID.docType)) ?? 'matroska'
  if (docType === 'webm') throw formatNotSupported('webm')
  if (docType !== 'matroska') throw damaged()
  const segment = ebml.end === undefined ? undefined : await elementAt(headers, ebml.end)
  if (segment?.id !== ID.segment) throw damaged()
  const size = headers.size()
  if (size !== undefined && (segment.end ?? 0) > size) throw truncated()
  return segment
}

interface Front {
  info: DataView | undefined
  tracks: DataView
  /** Where the first cluster begins, if it stands behind the headers. */
  cluster: number | undefined
}

/** Info and tracks: before the first cluster, or where the seek head says. */
async function readFront(headers: HeaderReader, segment: ElementHead): Promise<Front> {
  const found = new Map<number, DataView>()
  let cluster: number | undefined
  let at: number | undefined = segment.body
  for (let count = 0; at !== undefined && count < MAX_TOP_ELEMENTS; count++) {
    const element: ElementHead | undefined = await elementAt(headers, at)
    if (element?.id === ID.cluster) cluster = at
    if (!element || cluster !== undefined) break
    if (WANTED.includes(element.id)) found.set(element.id, await bodyOf(headers, element))
    at = element.end
  }
  const seekHead = found.get(ID.seekHead)
  const positions = seekHead ? seekPositions(seekHead) : new Map<number, number>()
  for (const id of [ID.info, ID.tracks]) {
    const position = positions.get(id)
    if (found.has(id) || position === undefined) continue
    const element = await elementAt(headers, segment.body + position)
    if (element?.id === id) found.set(id, await bodyOf(headers, element))
  }
  const tracks = found.get(ID.tracks)
  if (!tracks) throw noDuration('the file has no track headers')
  return { info: found.get(ID.info), tracks, cluster }
}

const WANTED: readonly number[] = [ID.seekHead, ID.info, ID.tracks]

async function bodyOf(headers: HeaderReader, { body, end }: ElementHead): Promise<DataView> {
  if (end === undefined || end - body > MAX_ELEMENT_BYTES) {
    throw noDuration('the headers of the file are over 1 MiB')
  }
  return headers.exactly(body, end - body)
}

const seekPositions = (seekHead: DataView): ReadonlyMap<number, number> =>
  new Map(
    elementsOf(seekHead, ID.seek).map((seek) => {
      const fields = fieldsOf(seek)
      return [uintOf(fields.get(ID.seekId), 0), uintOf(fields.get(ID.seekPosition), 0)]
    }),
  )

/** Seconds that the header states; undefined where it has none, or one that is no number of seconds. */
function statedSeconds(duration: DataView | undefined, tickNs: number): number | undefined {
  const seconds = ((floatOf(duration) ?? 0) * tickNs) / 1e9
  return seconds > 0 && seconds <= MAX_SECONDS ? seconds : undefined
}

async function readRate(
  headers: HeaderReader,
  cluster: number | undefined,
  track: MkvTrack,
  tickNs: number,
): Promise<{ fps: number; vfr: boolean }> {
  // A track that states its frame length needs no read for it: the blocks at hand tell how even it is.
  const reads = track.frameNs > 0 ? 0 : Math.min(RATE_READS, headers.readsLeft())
  const limits = { blocks: RATE_BLOCKS, reads }
  const blocks = cluster === undefined ? [] : await blocksFrom(headers, cluster, limits)
  const { fps, vfr } = frameRate(blocks, track, tickNs)
  return { fps: roundedFps(fps), vfr }
}

function sizeOf(headers: HeaderReader, segment: ElementHead): number {
  const size = headers.size() ?? segment.end
  if (size === undefined) throw wholeSizeUnknown()
  return size
}

const soundFacts = ({ codec, language }: MkvTrack) => ({
  codec,
  ...(language !== undefined && { language }),
})
