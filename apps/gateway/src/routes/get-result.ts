import { pipeline } from 'node:stream/promises'
import { AppError } from '@upscale/types'
import type { OutputFacts } from '@upscale/types'
import type { Request, Response } from 'express'
import { byteRangeOf } from '../http/byte-range.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Operation } from '../http/operation.ts'
import { findResult } from '../tasks/task-store.ts'

/** Keys of results need no escaping in a URL. */
const RESULT_KEY = /^results\/[A-Za-z0-9._/-]{1,500}$/

const run: Operation = async (ctx, req, res) => {
  const outputKey = req.path.slice(1)
  const output = RESULT_KEY.test(outputKey) ? await findResult(ctx.db, outputKey) : undefined
  if (!output) throw noResult()
  const range = isSameFile(req, output) ? byteRangeOf(req.headers.range, output.bytes) : undefined
  if (req.method === 'HEAD' || range === 'unsatisfiable') {
    setHeaders(res, output, range)
    res.end()
    return
  }
  const object = await ctx.objects.open(outputKey, range)
  if (!object) throw noResult()
  setHeaders(res, output, range)
  await pipeline(object.stream, res)
}

const noResult = (): AppError => new AppError('NO_RESULT', 'The result has expired')

type AskedRange = ReturnType<typeof byteRangeOf>

function setHeaders(res: Response, { sha256, bytes }: OutputFacts, range: AskedRange): void {
  res.setHeader('Content-Type', 'video/mp4')
  res.setHeader('Content-Disposition', 'inline; filename="upscaled.mp4"')
  res.setHeader('Content-Security-Policy', 'sandbox')
  res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin') // a player on the customer's page
  res.setHeader('X-Robots-Tag', 'noindex')
  res.setHeader('Cache-Control', 'private, max-age=300')
  res.setHeader('Accept-Ranges', 'bytes')
  res.setHeader('ETag', etagOf(sha256))
  setRange(res, bytes, range)
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
const isSameFile = (req: Request, { sha256 }: OutputFacts): boolean => {
  const expected = req.headers['if-range']
  return expected === undefined || expected === etagOf(sha256)
}

export const getResult: Endpoint = {
  id: 'getResult',
  method: 'GET',
  path: '/results/*key',
  access: 'public',
  tag: 'Files',
  summary: 'Download a result',
  description:
    'The link that `result.url` gives: nobody can guess it, it needs no key, and it ends at `output.expires_at`. Ranges are served, so that players can seek.',
  answers: {
    200: { description: 'The file', media: { 'video/mp4': null } },
    206: { description: 'A part of it', media: { 'video/mp4': null } },
    416: { description: 'The range lies behind the end', media: { 'video/mp4': null } },
  },
  errors: ['NO_RESULT'],
  run,
}
