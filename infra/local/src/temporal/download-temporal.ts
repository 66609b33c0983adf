import { mkdirSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../cache-folder.ts'
import { sourceArgs } from '../repository.ts'
import { runCommand } from '../run-command.ts'
import type { Progress } from '../steps/run-steps.ts'
import { CLI_VERSION } from './temporal-version.ts'

const FOLDER = () => cacheFolder('temporal', `download-${CLI_VERSION}`)
const UNFINISHED = '.downloading'
const LOOK_EVERY_MS = 500
const STALLED_MS = 15_000 // without one more byte: there is no way to the download from here

/** The CLI that the SDK has downloaded before. */
export async function downloadedTemporal(): Promise<string | undefined> {
  const files = await readdir(FOLDER()).catch(() => [])
  const name = files.find((file) => file.startsWith('temporal') && !file.endsWith(UNFINISHED))
  return name && join(FOLDER(), name)
}

/** The SDK's own download of the official CLI; undefined where it cannot be reached. */
export async function downloadTemporal(progress: Progress): Promise<string | undefined> {
  mkdirSync(FOLDER(), { recursive: true })
  const stalled = new AbortController()
  let bytes = 0
  let deadline = Date.now() + STALLED_MS
  const look = async () => {
    const now = await bytesIn(FOLDER())
    if (now > bytes) deadline = Date.now() + STALLED_MS
    bytes = now
    if (bytes > 0) progress.say(`downloads the official CLI, ${Math.round(bytes / 1e6)} MB`)
    if (Date.now() > deadline) stalled.abort()
  }
  const watch = setInterval(() => void look(), LOOK_EVERY_MS)
  try {
    const args = [
      ...sourceArgs('infra/local/src/temporal/fetch-temporal.ts'),
      FOLDER(),
      `v${CLI_VERSION}`,
    ]
    await runCommand(process.execPath, args, {
      signal: AbortSignal.any([stalled.signal, progress.signal]),
    })
  } catch (error) {
    progress.signal.throwIfAborted()
    if (!stalled.signal.aborted) throw error
  } finally {
    clearInterval(watch)
  }
  return downloadedTemporal()
}

async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder)
  const sizes = files.map((file) =>
    stat(join(folder, file)).then(
      ({ size }) => size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
