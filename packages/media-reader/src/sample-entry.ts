import { boxAt, boxesIn } from './boxes.ts'
import type { Box } from './boxes.ts'
import { part } from './bytes.ts'
import { bitDepthOf, transferOf } from './codec-config.ts'
import { codecOfEntry, pcmName } from './codec-names.ts'
import { aspect } from './display.ts'
import { damaged, encrypted } from './refusals.ts'

export interface PictureEntry {
  codec: string
  codedWidth: number
  codedHeight: number
  /** Undefined where the entry does not say. */
  sar: readonly [number, number] | undefined
  transfer: 'sdr' | 'pq' | 'hlg'
  dolbyVision: boolean
  bitDepth: number | undefined
  interlaced: boolean
}

const PICTURE_HEADER_BYTES = 78
const SOUND_HEADER_BYTES = 28
/** QuickTime's later sound headers are longer. */
const SOUND_EXTRA_BYTES: Record<number, number> = { 1: 16, 2: 36 }
const DOLBY_BOXES = ['dvcC', 'dvvC', 'dvwC']
const DOLBY_ENTRIES = /^(dvh1|dvhe|dva1|dvav|dav1)$/
const CONFIG_BOXES: Record<string, string> = { h264: 'avcC', hevc: 'hvcC', av1: 'av1C' }
const ENCRYPTED_ENTRIES = /^(enc[vamt]|drm[sid]|p608)$/

/** The first sample entry of an `stsd` box; encrypted samples in any entry refuse the file. */
export function firstEntry(stsd: DataView): Box {
  const entries = [...boxesIn(part(stsd, 8))]
  if (entries.some(({ type }) => ENCRYPTED_ENTRIES.test(type))) throw encrypted()
  const [entry] = entries
  if (!entry) throw damaged()
  return entry
}

export function readPictureEntry({ type, body }: Box): PictureEntry {
  const inside = part(body, PICTURE_HEADER_BYTES)
  if (boxAt(inside, 'sinf')) throw encrypted()
  const codec = codecOfEntry(type, objectTypeOf(boxAt(inside, 'esds')))
  const pasp = boxAt(inside, 'pasp')
  return {
    codec,
    codedWidth: body.getUint16(24),
    codedHeight: body.getUint16(26),
    sar: pasp && aspect(pasp.getUint32(0), pasp.getUint32(4)),
    transfer: transferOf(transferCode(boxAt(inside, 'colr'))),
    dolbyVision: DOLBY_ENTRIES.test(type) || DOLBY_BOXES.some((name) => boxAt(inside, name)),
    bitDepth: bitDepthOf(codec, boxAt(inside, CONFIG_BOXES[codec] ?? 'none')),
    interlaced: (boxAt(inside, 'fiel')?.getUint8(0) ?? 1) === 2,
  }
}

/** `nclx` and QuickTime's `nclc` name the curve; an ICC profile does not. */
const transferCode = (colr: DataView | undefined): number | undefined =>
  colr && colr.getUint32(0) >>> 8 === 0x6e636c ? colr.getUint16(6) : undefined

/** ffmpeg's name of the sound in an entry. `stsdVersion`: tells QuickTime's layout from ISO's. */
export function soundCodec({ type, body }: Box, stsdVersion: number): string {
  const version = body.getUint16(8)
  const extra = stsdVersion === 0 ? (SOUND_EXTRA_BYTES[version] ?? 0) : 0
  const inside = part(body, SOUND_HEADER_BYTES + extra)
  const bits = body.getUint16(18)
  switch (type) {
    case 'lpcm':
      return version === 2 ? lpcmName(body) : pcmName('s', bits, false)
    case 'sowt':
    case 'twos':
      return pcmName('s', bits, type === 'sowt')
    case 'in24':
    case 'in32':
    case 'fl32':
    case 'fl64':
      return pcmName(type.startsWith('i') ? 's' : 'f', Number(type.slice(2)), littleEndian(inside))
    case 'ipcm':
    case 'fpcm': {
      const pcmC = boxAt(inside, 'pcmC')
      if (!pcmC) throw damaged()
      return pcmName(type === 'ipcm' ? 's' : 'f', pcmC.getUint8(5), (pcmC.getUint8(4) & 1) === 1)
    }
    default:
      return codecOfEntry(type, objectTypeOf(soundDescriptor(inside)))
  }
}

/** Sound description version 2 holds the bits and flags of linear PCM. */
function lpcmName(body: DataView): string {
  const flags = body.getUint32(52)
  const kind = (flags & 1) !== 0 ? 'f' : (flags & 4) !== 0 ? 's' : 'u'
  return pcmName(kind, body.getUint32(48), (flags & 2) === 0)
}

/** MP4 puts the descriptor into the entry, QuickTime into its `wave` box. */
function soundDescriptor(inside: DataView): DataView | undefined {
  const wave = firstUsable(inside, 'wave')
  return firstUsable(inside, 'esds') ?? (wave && firstUsable(wave, 'esds'))
}

function littleEndian(inside: DataView): boolean {
  const wave = firstUsable(inside, 'wave')
  return ((wave && firstUsable(wave, 'enda'))?.getUint16(0) ?? 0) === 1
}

/** Old sound entries carry padding behind their boxes: what stands before it counts. */
function firstUsable(view: DataView, wanted: string): DataView | undefined {
  try {
    for (const { body } of boxesIn(view, wanted)) return body
  } catch {
    return undefined
  }
  return undefined
}

const ES_DESCRIPTOR = 3
const DECODER_CONFIG = 4

/** The object type out of an `esds` box. */
function objectTypeOf(esds: DataView | undefined): number | undefined {
  if (!esds) return undefined
  let at = 4
  while (at + 2 < esds.byteLength) {
    const tag = esds.getUint8(at)
    at = afterLength(esds, at + 1)
    if (tag === DECODER_CONFIG) return esds.getUint8(at)
    if (tag !== ES_DESCRIPTOR) return undefined
    at += 3 + esFields(esds, at)
  }
  return undefined
}

/** A descriptor's length takes up to four bytes, each but the last with its top bit set. */
function afterLength(view: DataView, start: number): number {
  let at = start
  while (at < start + 3 && (view.getUint8(at) & 0x80) !== 0) at += 1
  return at + 1
}

/** Bytes of the optional fields of an ES descriptor. */
function esFields(view: DataView, at: number): number {
  const flags = view.getUint8(at + 2)
  const depends = (flags & 0x80) === 0 ? 0 : 2
  const url = (flags & 0x40) === 0 ? 0 : 1 + view.getUint8(at + 3 + depends)
  return depends + url + ((flags & 0x20) === 0 ? 0 : 2)
}
