import { AUDIO_CODECS, VIDEO_CODECS } from '@upscale/types'

/** ffmpeg's decoder names: the only ones that ever see a customer's bytes. */
const OTHER_NAMES = ['libdav1d', 'mp3float'] // the decoders that read AV1 and MP3
const DECODERS = [...VIDEO_CODECS, ...AUDIO_CODECS, ...OTHER_NAMES]
const TEXT_DECODERS = ['mov_text', 'subrip', 'srt', 'ass']
// ffprobe opens a decoder for every stream and fails where one is not listed.
const SEEN_BY_PROBE = 'ssa,webvtt,text,pgssub,dvdsub,dvbsub,cc_dec,mjpeg,png'.split(',')

const MAX_PIXELS = 67_108_864 // 8192 × 8192, the contract's largest frame
const DEMUXERS = 'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm'

const limits = (decoders: readonly string[]): readonly string[] =>
  [
    ['-protocol_whitelist', 'file', '-format_whitelist', DEMUXERS],
    ['-codec_whitelist', decoders.join(',')],
    ['-max_pixels', String(MAX_PIXELS), '-max_streams', '32'],
  ].flat()

/** Before the `-i` of every file that a customer sent. */
export const SAFE_DECODE = limits([...DECODERS, ...TEXT_DECODERS])
export const SAFE_PROBE = limits([...DECODERS, ...TEXT_DECODERS, ...SEEN_BY_PROBE])

/** Subtitles that MP4 can carry as text. */
export const TEXT_SUBTITLES: readonly string[] = ['mov_text', 'subrip', 'ass']
