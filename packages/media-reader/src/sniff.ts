import { probeFailed, unsupportedVideo } from '@upscale/types'
import { latin1 } from './bytes.ts'

const EBML_MAGIC = 0x1a45dfa3

/** Which reader the first bytes call for; what is no video is refused by what it is. */
export function sniff(head: DataView): 'mp4' | 'ebml' {
  if (head.byteLength === 0) throw probeFailed('source_not_video', 'the file is empty')
  if (head.byteLength >= 8 && latin1(head, 4, 4) === 'ftyp') return 'mp4'
  if (head.byteLength >= 4 && head.getUint32(0) === EBML_MAGIC) return 'ebml'
  const text = latin1(head, 0, Math.min(512, head.byteLength))
  const foreign = FOREIGN_VIDEO.find(({ pattern }) => pattern.test(text))
  if (foreign) throw formatNotSupported(foreign.name)
  throw probeFailed(
    'source_not_video',
    `${nameOf(text)}. Use the address of an MP4, MOV or MKV file`,
  )
}

export const formatNotSupported = (name: string) =>
  unsupportedVideo('format_not_supported', `${name} is not supported. Use MP4, MOV or MKV`)

const FOREIGN_VIDEO = [
  { pattern: /^RIFF[^]{4}AVI /, name: 'avi' },
  { pattern: /^FLV/, name: 'flv' },
  { pattern: /^OggS/, name: 'ogg' },
  { pattern: /^0&\xb2u\x8ef\xcf/, name: 'wmv' },
  { pattern: /^G[^]{187}G[^]{187}G/, name: 'mpeg-ts' },
]

function nameOf(text: string): string {
  if (/^\s*<(!doctype html|html|head|body)/i.test(text)) return 'the address gives a web page'
  if (/^(#EXTM3U|ffconcat|\s*<\?xml|\s*<MPD)/i.test(text)) return 'the address gives a playlist'
  if (/^\s*[{[]/.test(text)) return 'the address gives JSON text'
  if (/^(\x89PNG|\xff\xd8\xff|GIF8|RIFF[^]{4}WEBP)/.test(text)) return 'the address gives a picture'
  return 'the file is not a video'
}
