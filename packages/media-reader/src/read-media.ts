import type { MediaFacts } from '@upscale/types'
import { FIRST_READ_BYTES, openHeaders } from './byte-source.ts'
import type { ByteSource } from './byte-source.ts'
import { readMkv } from './read-mkv.ts'
import { readMp4 } from './read-mp4.ts'
import { damaged } from './refusals.ts'
import { sniff } from './sniff.ts'

/**
 * Facts from the headers of an MP4, MOV or MKV file, samples unread. Throws PROBE_FAILED,
 * UNSUPPORTED_VIDEO or VIDEO_TOO_LONG whatever the bytes are, or what the source throws.
 */
export async function readMedia(source: ByteSource): Promise<MediaFacts> {
  const headers = openHeaders(source)
  try {
    const kind = sniff(await headers.upTo(0, FIRST_READ_BYTES))
    return kind === 'mp4' ? await readMp4(headers) : await readMkv(headers)
  } catch (error) {
    throw error instanceof RangeError ? damaged(error) : error
  }
}
