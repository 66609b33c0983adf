import { latin1 } from './bytes.ts'

/** ffmpeg's names of MP4 and MOV sample entries. */
const FOURCC: Record<string, string> = {
  avc1: 'h264',
  avc3: 'h264',
  dva1: 'h264',
  dvav: 'h264',
  hvc1: 'hevc',
  hev1: 'hevc',
  dvh1: 'hevc',
  dvhe: 'hevc',
  av01: 'av1',
  dav1: 'av1',
  vp08: 'vp8',
  vp09: 'vp9',
  vvc1: 'vvc',
  vvi1: 'vvc',
  ap4x: 'prores',
  ap4h: 'prores',
  apch: 'prores',
  apcn: 'prores',
  apcs: 'prores',
  apco: 'prores',
  AVdn: 'dnxhd',
  AVdh: 'dnxhd',
  s263: 'h263',
  h263: 'h263',
  CFHD: 'cfhd',
  'rle ': 'qtrle',
  'raw ': 'rawvideo',
  mjpa: 'mjpeg',
  mjpb: 'mjpegb',
  xvid: 'mpeg4',
  XVID: 'mpeg4',
  'ac-3': 'ac3',
  'ec-3': 'eac3',
  Opus: 'opus',
  fLaC: 'flac',
  alac: 'alac',
  '.mp3': 'mp3',
  sowt: 'pcm_s16le',
  twos: 'pcm_s16be',
  ulaw: 'pcm_mulaw',
  alaw: 'pcm_alaw',
  samr: 'amr_nb',
  sawb: 'amr_wb',
}

/** MPEG-4 object types: what `mp4v` and `mp4a` really hold. */
const OBJECT_TYPE: Record<number, string> = {
  0x20: 'mpeg4',
  0x21: 'h264',
  0x23: 'hevc',
  0x40: 'aac',
  0x60: 'mpeg2video',
  0x61: 'mpeg2video',
  0x62: 'mpeg2video',
  0x63: 'mpeg2video',
  0x64: 'mpeg2video',
  0x65: 'mpeg2video',
  0x66: 'aac',
  0x67: 'aac',
  0x68: 'aac',
  0x69: 'mp3',
  0x6a: 'mpeg1video',
  0x6b: 'mp3',
  0x6c: 'mjpeg',
  0xa5: 'ac3',
  0xa6: 'eac3',
  0xa9: 'dts',
  0xad: 'opus',
  0xdd: 'vorbis',
}

const MATROSKA: [RegExp, string][] = [
  [/^V_MPEG4\/ISO\/AVC/, 'h264'],
  [/^V_MPEGH\/ISO\/HEVC/, 'hevc'],
  [/^V_MPEGI\/ISO\/VVC/, 'vvc'],
  [/^V_MPEG4\/ISO\//, 'mpeg4'],
  [/^V_MPEG2$/, 'mpeg2video'],
  [/^V_MPEG1$/, 'mpeg1video'],
  [/^A_AAC/, 'aac'],
  [/^A_MPEG\/L3$/, 'mp3'],
  [/^A_MPEG\/L2$/, 'mp2'],
]

/** Name for a sample entry; an entry that we do not know keeps its four characters. */
export function codecOfEntry(fourcc: string, objectType: number | undefined): string {
  if (fourcc === 'mp4v' || fourcc === 'mp4a') {
    const known = objectType === undefined ? undefined : OBJECT_TYPE[objectType]
    return known ?? fourcc
  }
  return FOURCC[fourcc] ?? printable(fourcc)
}

/** Name for a Matroska CodecID; `V_VP9` is `vp9`, `A_OPUS` is `opus`. */
export function codecOfMatroska(id: string, bits: number, config: DataView | undefined): string {
  const pcm = /^A_PCM\/(INT\/LIT|INT\/BIG|FLOAT\/IEEE)$/.exec(id)?.[1]
  if (pcm) return pcmName(pcm === 'FLOAT/IEEE' ? 'f' : 's', bits, pcm !== 'INT/BIG')
  if (id === 'V_MS/VFW/FOURCC' && config && config.byteLength >= 20) {
    return vfwCodec(latin1(config, 16, 4))
  }
  const known = MATROSKA.find(([pattern]) => pattern.test(id))
  return known ? known[1] : printable(id.replace(/^[VAS]_/, ''))
}

export const pcmName = (kind: 's' | 'u' | 'f', bits: number, littleEndian: boolean): string =>
  bits === 8 ? `pcm_${kind}8` : `pcm_${kind}${bits}${littleEndian ? 'le' : 'be'}`

function vfwCodec(fourcc: string): string {
  if (/^(h264|x264|avc1)$/i.test(fourcc)) return 'h264'
  if (/^(xvid|divx|dx50|mp4v)$/i.test(fourcc)) return 'mpeg4'
  return printable(fourcc)
}

/** A file's own word, fit for a message: short, lower-case, letters and digits. */
const printable = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_/-]+/g, '')
    .slice(0, 24) || 'unknown'
