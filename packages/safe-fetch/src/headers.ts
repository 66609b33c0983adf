import { badResponse } from './failure.ts'

/** Header values by lower-case name; an array where the server repeated the header. */
export type Headers = Record<string, string | string[] | undefined>

const MAX_VALIDATOR_LENGTH = 256 // it travels in payloads, and nobody needs a longer one

const single = (headers: Headers, name: string): string | undefined => {
  const value = headers[name]
  if (Array.isArray(value)) throw badResponse(`the server repeated the header ${name}`)
  return value?.trim()
}

/** Bytes of the body as announced; undefined where the server does not say. */
export function contentLengthOf(headers: Headers): number | undefined {
  const text = single(headers, 'content-length')
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text)) throw badResponse('the server sent an invalid Content-Length')
  return Number(text)
}

export interface ContentRange {
  start: number
  /** First byte behind the range. */
  end: number
  total: number | undefined
}

/** The range of a 206 answer. */
export function contentRangeOf(headers: Headers): ContentRange {
  const text = single(headers, 'content-range') ?? ''
  const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(text) ?? []
  const range = {
    start: Number(first),
    end: Number(last) + 1,
    total: total === '*' ? undefined : Number(total),
  }
  // NaN, an empty range and one that ends behind the file all fail here.
  if (!(range.start < range.end && range.end <= (range.total ?? Infinity))) {
    throw badResponse('the server sent an invalid Content-Range')
  }
  return range
}

/** ETag, else Last-Modified: the same file has the same one. */
export function validatorOf(headers: Headers): string | undefined {
  const text = single(headers, 'etag') || single(headers, 'last-modified') || undefined
  return text && text.length <= MAX_VALIDATOR_LENGTH ? text : undefined
}

/** We ask for `identity` and never inflate: a small body could become a huge one. */
export function refuseEncoding(headers: Headers): void {
  const encoding = single(headers, 'content-encoding')?.toLowerCase() || 'identity'
  const transfer = single(headers, 'transfer-encoding')?.toLowerCase() ?? 'chunked'
  if (encoding !== 'identity' || transfer !== 'chunked') {
    throw badResponse('the server compressed the answer. Serve the file without Content-Encoding')
  }
}
