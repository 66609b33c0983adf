import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Command lines of the media tools that work on a stack's jobs right now. */
export async function engineProcesses({ state }: { state: string }): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    ids.map((id) => readFile(join('/proc', id, 'cmdline'), 'utf8').catch(() => '')), // it has ended
  )
  return lines
    .map((line) => line.replaceAll('\0', ' '))
    .filter((line) => line.includes(join(state, 'work')) && /\bff(mpeg|probe)\b/.test(line))
}
