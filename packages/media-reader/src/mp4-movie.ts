import { boxAt, boxesOf } from './boxes.ts'
import type { Box } from './boxes.ts'
import { i64, latin1, part, u64 } from './bytes.ts'
import type { Matrix } from './display.ts'
import type { Edit } from './duration-rules.ts'
import { damaged, noDuration, tooManyTracks } from './refusals.ts'
import { firstEntry } from './sample-entry.ts'

export interface MovieHeader {
  timescale: number
  /** Ticks; 0 where the header does not say. */
  duration: number
  matrix: Matrix
}

export interface Track {
  id: number
  /** Cover art counts as other: it is a picture, not the video. */
  kind: 'video' | 'sound' | 'other'
  matrix: Matrix
  /** Size that the track header asks for, pixels; 0 where it does not. */
  shown: { width: number; height: number }
  timescale: number
  language: string | undefined
  edits: readonly Edit[]
  entry: Box
  stsdVersion: number
  stts: DataView | undefined
  ctts: DataView | undefined
}

export interface Movie {
  header: MovieHeader
  tracks: readonly Track[]
  /** Present where samples may follow in fragments. */
  fragments: { duration: number; defaultDeltas: ReadonlyMap<number, number> } | undefined
}

const MAX_TRACKS = 32
const PICTURES = /^(jpeg|png |gif |tiff)$/

/** The movie header among the first bytes of a `moov`; undefined where it stands later. */
export function peekMovieHeader(start: DataView): MovieHeader | undefined {
  if (start.byteLength < 124 || latin1(start, 4, 4) !== 'mvhd') return undefined
  return readMovieHeader(part(start, 8))
}

export const headerMs = ({ duration, timescale }: MovieHeader): number =>
  timescale === 0 ? 0 : (duration / timescale) * 1000

export function readMovie(moov: DataView): Movie {
  const mvhd = boxAt(moov, 'mvhd')
  if (!mvhd) throw noDuration('the file has no movie header')
  const header = readMovieHeader(mvhd)
  if (header.timescale === 0) throw noDuration('the clock of the movie header is 0')
  const traks = boxesOf(moov, 'trak')
  if (traks.length > MAX_TRACKS) throw tooManyTracks()
  return { header, tracks: traks.map(readTrack), fragments: readExtends(boxAt(moov, 'mvex')) }
}

function readMovieHeader(mvhd: DataView): MovieHeader {
  const long = mvhd.getUint8(0) === 1
  return {
    timescale: mvhd.getUint32(long ? 20 : 12),
    duration: knownTicks(mvhd, long ? 24 : 16, long),
    matrix: readMatrix(mvhd, long ? 48 : 36),
  }
}

/** All bits set means that the writer did not know. */
function knownTicks(view: DataView, at: number, long: boolean): number {
  const ticks = long ? u64(view, at) : view.getUint32(at)
  return ticks >= (long ? 2 ** 64 : 2 ** 32 - 1) ? 0 : ticks
}

const readMatrix = (view: DataView, at: number): Matrix => [
  view.getInt32(at) / 65_536,
  view.getInt32(at + 4) / 65_536,
  view.getInt32(at + 12) / 65_536,
  view.getInt32(at + 16) / 65_536,
]

function readExtends(mvex: DataView | undefined): Movie['fragments'] {
  if (!mvex) return undefined
  const mehd = boxAt(mvex, 'mehd')
  const trex = boxesOf(mvex, 'trex')
  return {
    duration: mehd ? knownTicks(mehd, 4, mehd.getUint8(0) === 1) : 0,
    defaultDeltas: new Map(trex.map((view) => [view.getUint32(4), view.getUint32(12)])),
  }
}

function readTrack(trak: DataView): Track {
  const tkhd = boxAt(trak, 'tkhd')
  const mdia = boxAt(trak, 'mdia')
  const mdhd = mdia && boxAt(mdia, 'mdhd')
  const hdlr = mdia && boxAt(mdia, 'hdlr')
  const stbl = mdia && boxAt(mdia, 'minf/stbl')
  const stsd = stbl && boxAt(stbl, 'stsd')
  if (!tkhd || !mdhd || !hdlr || !stbl || !stsd) throw damaged()
  const entry = firstEntry(stsd)
  const elst = boxAt(trak, 'edts/elst')
  const longMdhd = mdhd.getUint8(0) === 1
  return {
    ...readTrackHeader(tkhd),
    kind: kindOf(latin1(hdlr, 8, 4), entry.type),
    timescale: mdhd.getUint32(longMdhd ? 20 : 12),
    language: languageOf(mdhd.getUint16(longMdhd ? 32 : 20)),
    edits: elst ? readEdits(elst) : [],
    entry,
    stsdVersion: stsd.getUint8(0),
    stts: boxAt(stbl, 'stts'),
    ctts: boxAt(stbl, 'ctts'),
  }
}

function readTrackHeader(tkhd: DataView): Pick<Track, 'id' | 'matrix' | 'shown'> {
  const long = tkhd.getUint8(0) === 1
  const matrixAt = long ? 52 : 40
  return {
    id: tkhd.getUint32(long ? 20 : 12),
    matrix: readMatrix(tkhd, matrixAt),
    shown: {
      width: tkhd.getUint32(matrixAt + 36) / 65_536,
      height: tkhd.getUint32(matrixAt + 40) / 65_536,
    },
  }
}

function kindOf(handler: string, entry: string): Track['kind'] {
  if (handler === 'vide') return PICTURES.test(entry) ? 'other' : 'video'
  return handler === 'soun' ? 'sound' : 'other'
}

/** Three letters of five bits each; QuickTime's numbered languages and `und` say nothing. */
function languageOf(packed: number): string | undefined {
  const letters = [packed >> 10, packed >> 5, packed].map((bits) =>
    String.fromCharCode(0x60 + (bits & 31)),
  )
  const language = letters.join('')
  return /^[a-z]{3}$/.test(language) && language !== 'und' ? language : undefined
}

/** How many edits there are, the length of the box says. */
function readEdits(elst: DataView): Edit[] {
  const long = elst.getUint8(0) === 1
  const entryBytes = long ? 20 : 12
  if (elst.getUint32(4) * entryBytes > elst.byteLength - 8) throw damaged()
  const edits: Edit[] = []
  for (let at = 8; at + entryBytes <= elst.byteLength; at += entryBytes) {
    edits.push({
      duration: long ? u64(elst, at) : elst.getUint32(at),
      mediaTime: long ? i64(elst, at + 8) : elst.getInt32(at + 4),
      dwell: elst.getInt32(at + entryBytes - 4) === 0,
    })
  }
  return edits
}
