import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { unescape } from 'node:querystring' // takes a broken escape as it is
import { EXIT, Problem } from '../problem.ts'
import { SAMPLE_CLIP } from '../repository.ts'

/** What a person asks to upscale: a URL that the service can open, or a file of this machine. */
export type VideoSource = { kind: 'url'; url: string } | { kind: 'file'; path: string }

/** `cwd`: where the person stands; none given means the clip of the repository. */
export function readVideoSource(text: string | undefined, cwd: string): VideoSource {
  if (text === undefined) return { kind: 'file', path: SAMPLE_CLIP }
  if (/^https?:\/\//i.test(text)) {
    if (!URL.canParse(text)) throw new Problem(`${text} is not a whole URL.`, EXIT.usage)
    return { kind: 'url', url: text }
  }
  const path = resolve(cwd, text)
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new Problem(`There is no file ${path}: name a video file or an http(s) URL.`, EXIT.usage)
  return { kind: 'file', path }
}

/** Name of a result without its folder: `clip-2x.mp4`. */
export function resultName(source: VideoSource, factor: string): string {
  const name = source.kind === 'file' ? basename(source.path) : lastPart(source.url)
  return `${basename(name, extname(name)) || 'video'}-${factor}x.mp4`
}

function lastPart(url: string): string {
  const { pathname } = new URL(url)
  return unescape(pathname.slice(pathname.lastIndexOf('/') + 1))
}

export interface Offer {
  url: string
  /** For when the task has ended: a job that goes on later still needs its file. */
  withdraw: () => void
}

/** Where the service can open the source: a file is linked into the folder that the stack serves. */
export function offerSource(
  source: VideoSource,
  samples: { folder: string; origin: string },
): Offer {
  if (source.kind === 'url') return { url: source.url, withdraw: () => {} }
  const name = basename(source.path)
  const id = randomBytes(8).toString('hex')
  const folder = join(samples.folder, id)
  mkdirSync(folder)
  symlinkSync(source.path, join(folder, name))
  return {
    url: `${samples.origin}/${id}/${encodeURIComponent(name)}`,
    withdraw: () => rmSync(folder, { recursive: true }),
  }
}
