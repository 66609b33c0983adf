import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withLock } from './lock.ts'
import { Problem } from './problem.ts'
import { mustRun, runCommand } from './run-command.ts'
import type { Progress } from './steps/run-steps.ts'
import { cacheFolder } from './cache-folder.ts'

const NEEDED =
  'ffmpeg 5.1 or newer is needed: install it (Debian/Ubuntu: apt-get install ffmpeg, macOS: brew install ffmpeg) or set FFMPEG_PATH'

/** Makes sure of ffmpeg and ffprobe: as named, from PATH, or installed where root may do that. */
export async function findFfmpeg(progress: Progress): Promise<void> {
  const named = process.env['FFMPEG_PATH']
  if (await works(named)) return
  if (named || !mayInstall()) throw new Problem(`${NEEDED}.`)
  await install(progress)
  if (!(await works(named)))
    throw new Problem(`${NEEDED}; the one that apt-get installs here is older.`)
}

async function works(named: string | undefined): Promise<boolean> {
  const beside = named ? join(dirname(named), 'ffprobe') : 'ffprobe'
  const [media, probe] = await Promise.all(
    [named || 'ffmpeg', process.env['FFPROBE_PATH'] || beside].map((program) =>
      runCommand(program, ['-version']),
    ),
  )
  return media?.code === 0 && probe?.code === 0 && isRecentFfmpeg(media.stdout)
}

/** From the first line of `ffmpeg -version`; builds from git carry no number and are recent. */
export function isRecentFfmpeg(versionText: string): boolean {
  const found = /^ffmpeg version n?(\d+)\.(\d+)/.exec(versionText)
  if (!found) return versionText.startsWith('ffmpeg version N-')
  return Number(found[1]) > 5 || (Number(found[1]) === 5 && Number(found[2]) >= 1)
}

const mayInstall = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')

async function install(progress: Progress): Promise<void> {
  const { signal } = progress
  const options = {
    signal,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    onLine: (line: string) => progress.say(`apt-get: ${line.slice(0, 60)}`),
  }
  const packages = ['install', '-y', '--no-install-recommends', 'ffmpeg']
  await withLock(cacheFolder('apt.lock'), { signal }, async () => {
    await mustRun('apt-get update', 'apt-get', ['update'], options)
    await mustRun('Installing ffmpeg', 'apt-get', packages, options)
  })
}
