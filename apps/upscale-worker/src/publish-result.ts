import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { resultFolderOf } from '@upscale/types'
import type { TaskId } from '@upscale/types'
import type { UpscaleContext } from './context.ts'
import { unavailable } from './tool-failures.ts'

const ATTEMPTS = 3 // the work of an hour hangs on it
const RETRY_MS = 2_000

export interface PublishWork {
  bytes: number
  signal: AbortSignal
  /** Share of the file that is stored, 0–1. */
  onShare: (share: number) => void
}

/** Stores a verified result under a key of this attempt alone, and gives the key. */
export async function publishResult(
  { objects }: Pick<UpscaleContext, 'objects'>,
  taskId: TaskId,
  path: string,
  { bytes, signal, onShare }: PublishWork,
): Promise<string> {
  const key = `${resultFolderOf(taskId)}/${unguessable()}/upscaled.mp4`
  const onProgress = (stored: number) => onShare(stored / bytes)
  for (let attempt = 1; ; attempt++) {
    try {
      await objects.put(key, path, { contentType: 'video/mp4', signal, onProgress })
      return key
    } catch (error) {
      signal.throwIfAborted()
      if (attempt === ATTEMPTS) throw unavailable('store_unreachable', error)
      await sleep(RETRY_MS * attempt, undefined, { signal })
    }
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const KEY_LENGTH = 32 // 190 random bits: the link is the only key to a result

const unguessable = (): string =>
  Array.from({ length: KEY_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
