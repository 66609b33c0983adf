import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hasCode } from './error-code.ts'

/** Replaces a file that only its owner may read; a reader sees the old text or the new one. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, text, { mode: 0o600 })
  renameSync(temporary, path)
}

/** The JSON of a file, or undefined where there is none. */
export function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
