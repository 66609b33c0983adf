import { accessSync, constants, createWriteStream, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { EXIT, Problem } from '../problem.ts'

/** Throws where a result could not be saved later: before anything is paid for. */
export function checkResultFile(path: string): void {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  if (!isFolder && mayWriteIn(dirname(path))) return
  throw new Problem(
    `--out cannot be ${path}: name a file in a folder that exists and that you may write to.`,
    EXIT.usage,
  )
}

function mayWriteIn(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

export async function download(url: string, path: string): Promise<void> {
  const answer = await fetch(url)
  if (!answer.ok || !answer.body)
    throw new Problem(`The result at ${url} is not there (${answer.status}).`, EXIT.network)
  try {
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(path))
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it stopped'
    throw new Problem(
      `The result could not be saved (${reason}): get it from ${url}.`,
      EXIT.unexpected,
      error,
    )
  }
}
