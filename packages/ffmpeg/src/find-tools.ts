import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { AppError } from '@upscale/types'
import { isNewEnough, namesIn, versionIn } from './tool-listing.ts'

const run = promisify(execFile)

export interface ToolSettings {
  ffmpegPath?: string | undefined
  ffprobePath?: string | undefined
  /** Folders to look in, as in PATH. */
  searchPath: string
}

/** ffmpeg and ffprobe as found and checked at start. */
export interface Tools {
  ffmpeg: string
  ffprobe: string
  version: string
  /** Optional filters that this build has. */
  filters: ReadonlySet<string>
  /** Optional filters that it lacks: chains do without them. */
  missingFilters: readonly string[]
  /** `prlimit` and `setpriv`, where the machine has them. */
  prlimit: string | undefined
  setpriv: string | undefined
}

const NEEDED_ENCODERS = ['libx264', 'libx265', 'aac']
const NEEDED_FILTERS = ['scale', 'trim', 'setpts', 'format', 'pad', 'fillborders', 'setparams']
const OPTIONAL_FILTERS = ['deblock', 'fftdnoiz', 'unsharp', 'cas', 'bwdif']

/** Finds the tools and checks what they can do. Throws UPSCALER_UNAVAILABLE with what to install. */
export async function findTools(settings: ToolSettings): Promise<Tools> {
  const folders = settings.searchPath.split(delimiter).filter(Boolean)
  const ffmpeg = settings.ffmpegPath ?? (await findIn(folders, 'ffmpeg'))
  if (!ffmpeg) throw needed()
  const ffprobe = settings.ffprobePath ?? (await findIn([dirname(ffmpeg), ...folders], 'ffprobe'))
  if (!ffprobe) throw needed()
  const version = versionIn(await ask(ffmpeg, '-version'))
  await ask(ffprobe, '-version')
  if (!version || !isNewEnough(version)) throw needed()

  const encoders = namesIn(await ask(ffmpeg, '-encoders'))
  const filters = namesIn(await ask(ffmpeg, '-filters'))
  requireAll('encoder', NEEDED_ENCODERS, encoders)
  requireAll('filter', NEEDED_FILTERS, filters)
  return {
    ffmpeg,
    ffprobe,
    version,
    filters: new Set(OPTIONAL_FILTERS.filter((name) => filters.has(name))),
    missingFilters: OPTIONAL_FILTERS.filter((name) => !filters.has(name)),
    prlimit: await findIn(folders, 'prlimit'),
    setpriv: await findIn(folders, 'setpriv'),
  }
}

async function findIn(folders: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name)
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return path
  }
  return undefined
}

async function ask(tool: string, question: string): Promise<string> {
  try {
    const { stdout } = await run(tool, ['-hide_banner', question], {
      env: {},
      timeout: 20_000,
      maxBuffer: 1_048_576,
    })
    return stdout
  } catch (error) {
    throw needed(error)
  }
}

function requireAll(kind: string, names: readonly string[], have: ReadonlySet<string>): void {
  const missing = names.find((name) => !have.has(name))
  if (missing) {
    throw new AppError('UPSCALER_UNAVAILABLE', `This ffmpeg lacks the ${kind} ${missing}`, {
      key: 'ffmpeg_missing',
    })
  }
}

const needed = (cause?: unknown): AppError =>
  new AppError(
    'UPSCALER_UNAVAILABLE',
    'ffmpeg 5.1 or newer is needed: install it (Debian/Ubuntu: apt-get install ffmpeg, macOS: brew install ffmpeg) or set FFMPEG_PATH',
    { key: 'ffmpeg_missing', cause },
  )
