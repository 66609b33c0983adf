import { pipeline } from 'node:stream/promises'
import type { ObjectStore } from '@upscale/object-store'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { storageAway } from '../storage-away.ts'
import { byteRangeOf } from './byte-range.ts'
import type { EndpointAnswer } from './endpoint.ts'

/** A stored file, and what a browser may do with it. */
export interface SentFile {
  objectKey: string
  bytes: number
  contentType: string
  disposition: string
  /** Hex, of a file that never changes. */
  sha256?: string
  cacheControl: string
  /** Whether pages of other origins may show and read it: it is unguessable and takes no cookie. */
  isOpen: boolean
}

/**
 * Answers with a file or the one range of it that is asked for; false where the store has it no more.
 * Nothing in it may run as a page of ours.
 */
export async function sendFile(
  objects: ObjectStore,
  file: SentFile,
  req: Request,
  res: Response,
): Promise<boolean> {
  const isHead = req.method === 'HEAD' // a range is a matter of GET alone
  const isPart = !isHead && isSameFile(req, file)
  const range = isPart ? byteRangeOf(req.headers.range, file.bytes) : undefined
  if (isHead || range === 'unsatisfiable') {
    setHeaders(res, file, range)
    res.end()
    return true
  }
  const object = await objects.open(file.objectKey, range).catch((error: unknown) => {
    throw storageAway(error)
  })
  if (!object) return false
  setHeaders(res, file, range)
  await pipeline(object.stream, res)
  return true
}

const OPEN_HEADERS = {
  ETag: 'Of this file, which never changes: good for `If-Range`',
  'Access-Control-Allow-Origin': '`*`: pages of any origin may read it',
  'Access-Control-Expose-Headers': 'What such a page may see of the headers',
}

/** The answers of an endpoint that sends files of these types. */
export function fileAnswers(
  types: readonly string[],
  { isOpen }: Pick<SentFile, 'isOpen'>,
): Record<number, EndpointAnswer> {
  const media = Object.fromEntries(types.map((type) => [type, null]))
  const headers = { 'Accept-Ranges': '`bytes`', ...(isOpen && OPEN_HEADERS) }
  const ofPart = { ...headers, 'Content-Range': 'Which bytes, of how many' }
  return {
    200: { description: 'The file', media, headers },
    206: { description: 'A part of it', media, headers: ofPart },
    416: { description: 'The range lies behind the end', media, headers: ofPart },
  }
}

/** The request headers of an endpoint that sends files; `ifRange` says what one that fits is. */
export const fileHeaders = (ifRange: string) =>
  z.object({
    range: z
      .string()
      .optional()
      .describe(
        'One range of bytes: `bytes=0-1023`, `bytes=1024-` or `bytes=-500`. Several, another unit and what cannot be read are ignored: the whole file comes',
      ),
    'if-range': z.string().optional().describe(ifRange),
  })

type AskedRange = ReturnType<typeof byteRangeOf>

function setHeaders(res: Response, file: SentFile, range: AskedRange): void {
  res.setHeader('Content-Type', file.contentType)
  res.setHeader('Content-Disposition', file.disposition)
  res.setHeader('Content-Security-Policy', 'sandbox')
  res.setHeader('X-Robots-Tag', 'noindex')
  res.setHeader('Cache-Control', file.cacheControl)
  res.setHeader('Accept-Ranges', 'bytes')
  if (file.sha256 !== undefined) res.setHeader('ETag', etagOf(file.sha256))
  if (file.isOpen) {
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    res.setHeader('Access-Control-Allow-Origin', '*') // <video crossorigin>, fetch
    res.setHeader('Access-Control-Expose-Headers', 'Content-Range, ETag')
  }
  setRange(res, file.bytes, range)
}

function setRange(res: Response, bytes: number, range: AskedRange): void {
  if (range === undefined) {
    res.setHeader('Content-Length', bytes)
  } else if (range === 'unsatisfiable') {
    res.status(416).setHeader('Content-Range', `bytes */${bytes}`)
  } else {
    res.status(206).setHeader('Content-Range', `bytes ${range.start}-${range.end}/${bytes}`)
    res.setHeader('Content-Length', range.end - range.start + 1)
  }
}

const etagOf = (sha256: string): string => `"${sha256}"`

/** A range of another file than the one that the client began with would break it. */
function isSameFile({ headers }: Request, { sha256 }: SentFile): boolean {
  const expected = headers['if-range']
  return expected === undefined || (sha256 !== undefined && expected === etagOf(sha256))
}
