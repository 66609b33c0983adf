import { createWriteStream } from 'node:fs'
import { Transform } from 'node:stream'
import type { TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError, MAX_UPLOAD_BYTES } from '@upscale/types'
import type { Request } from 'express'
import { setBodyClock } from '../http/body-clock.ts'
import { fileTooLarge } from './file-too-large.ts'
import { storageAway } from '../storage-away.ts'

/** What a PUT of bytes may take. */
export interface ReceiveLimits {
  maxBytes: number
  /** Without a byte. */
  idleMs: number
  totalMs: number
  /** What a client that was refused has to see its answer while it still sends. */
  lingerMs: number
}

export const UPLOAD_LIMITS: ReceiveLimits = {
  maxBytes: MAX_UPLOAD_BYTES,
  idleMs: 30_000,
  totalMs: 900_000, // 100 MB at 1 Mbit/s
  lingerMs: 15_000,
}

/**
 * Writes the body of a request to `path` as it comes, and gives its length. Throws FILE_TOO_LARGE or
 * INVALID_PARAMETER; the request then still has its connection, for the answer.
 */
export async function receiveFile(
  req: Request,
  path: string,
  limits: ReceiveLimits = UPLOAD_LIMITS,
): Promise<number> {
  refuseAnnounced(req, limits)
  if (req.destroyed) throw cutOff()
  setBodyClock(req, limits.totalMs + limits.lingerMs) // ours are shorter, and say why
  const body = limitedBody(limits)
  const cut = () => void (req.complete || body.stream.destroy(cutOff()))
  req.once('close', cut)
  try {
    // Piped and not in the pipeline, which would close the connection with a failure.
    req.pipe(body.stream)
    await pipeline(body.stream, createWriteStream(path, { mode: 0o600 }))
    if (body.bytes() === 0)
      throw refused('upload_empty', 'The body is empty: send the bytes of the file')
    return body.bytes()
  } catch (error) {
    setBodyClock(req, limits.lingerMs)
    throw error instanceof AppError ? error : storageAway(error)
  } finally {
    req.off('close', cut)
    body.stop()
  }
}

/** Before a byte is read. */
function refuseAnnounced({ headers }: Request, { maxBytes }: ReceiveLimits): void {
  const length = Number(headers['content-length'] ?? 0)
  if (length > maxBytes) throw fileTooLarge(length)
}

/** A step that counts, and fails where the body is too long or too slow. */
function limitedBody({ maxBytes, idleMs, totalMs }: ReceiveLimits) {
  let bytes = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      idle.refresh()
      bytes += chunk.length
      if (bytes > maxBytes) done(fileTooLarge(bytes))
      else done(null, chunk)
    },
  })
  const idle = setTimeout(
    () => stream.destroy(tooSlow(`no byte came for ${seconds(idleMs)}`)),
    idleMs,
  )
  const total = setTimeout(
    () => stream.destroy(tooSlow(`it took over ${seconds(totalMs)}`)),
    totalMs,
  )
  return {
    stream,
    bytes: () => bytes,
    stop() {
      clearTimeout(idle)
      clearTimeout(total)
    },
  }
}

const seconds = (ms: number): string => `${ms / 1000} s`

const refused = (key: string, message: string): AppError =>
  new AppError('INVALID_PARAMETER', message, { key })

const tooSlow = (what: string): AppError =>
  refused('upload_too_slow', `The upload was stopped: ${what}. Send the file again to the same URL`)

const cutOff = (): AppError =>
  refused(
    'upload_cut_off',
    'The connection ended before the file did. Send it again to the same URL',
  )
