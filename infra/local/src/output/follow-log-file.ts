import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogLine } from './log-line.ts'

const LOOK_EVERY_MS = 200
const CHUNK_BYTES = 65_536

/**
 * The lines of a log that another process writes, from its start or from now on: until `signal` aborts
 * or the writer is gone.
 */
export async function* followLogFile(
  path: string,
  options: { fromStart: boolean; isWritten: () => boolean; signal: AbortSignal },
): AsyncGenerator<LogLine> {
  const { fromStart, isWritten, signal } = options
  await using file = await open(path)
  const decoder = new TextDecoder()
  const chunk = new Uint8Array(CHUNK_BYTES)
  let position = fromStart ? 0 : (await file.stat()).size
  let text = ''
  for (;;) {
    const goesOn = isWritten() // asked before the read: a writer's last words are shown
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position)
    if (signal.aborted) return
    position += bytesRead
    text += decoder.decode(chunk.subarray(0, bytesRead), { stream: true })
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line) as LogLine
    if (bytesRead > 0) continue
    if (!goesOn) return
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}
