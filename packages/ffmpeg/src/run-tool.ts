import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Tools } from './find-tools.ts'
import { guarded } from './guarded-command.ts'
import { ToolError } from './tool-error.ts'

export interface ToolRun {
  args: readonly string[]
  /** How long it may go on without a sign of progress; without progress reports: in all. */
  timeoutMs: number
  signal?: AbortSignal | undefined
  /** Folder that relative names in the arguments count from. */
  cwd?: string | undefined
  /** Address space; 4 GiB unless given. */
  memoryBytes?: number | undefined
  /** Frames done so far, about twice a second where the arguments say `-progress pipe:3`. */
  onFrames?: ((frames: number) => void) | undefined
}

const KILL_AFTER_MS = 2_000 // a decoder answers SIGTERM within 0.4 s
const STDERR_KEPT = 8_192
const STDOUT_LIMIT = 64 * 1_048_576
const MEMORY_BYTES = 4 * 1_073_741_824

/**
 * Runs a media tool and gives what it wrote to standard output. Throws a ToolError, or the signal's
 * reason; in each case the process and its children are gone.
 */
export async function runTool(
  tools: Tools,
  tool: 'ffmpeg' | 'ffprobe',
  run: ToolRun,
): Promise<Buffer> {
  run.signal?.throwIfAborted()
  const [command, args] = guarded(tools, tool, run.args, run.memoryBytes ?? MEMORY_BYTES)
  const child = spawn(command, args, {
    detached: true, // a process group of its own: a signal reaches its children too
    env: {},
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    ...(run.cwd && { cwd: run.cwd }),
  })
  const output = collect(child.stdout as Readable, STDOUT_LIMIT)
  const errors = keepTail(child.stderr as Readable)
  const ending = stopOn(child, run)
  readFrames(child.stdio[3] as Readable, (frames) => {
    ending.postpone()
    if (!run.signal?.aborted) run.onFrames?.(frames) // what it flushes at its end is not progress
  })
  try {
    const [exitCode, exitSignal] = (await once(child, 'close')) as [number, NodeJS.Signals]
    run.signal?.throwIfAborted()
    const end = { exitCode, exitSignal, timedOut: ending.timedOut(), stderr: errors() }
    if (exitCode !== 0) throw new ToolError(tool, end)
    return Buffer.concat(output)
  } finally {
    ending.clear()
  }
}

/** Ends the group when the caller or the clock says so: politely, then by force. */
function stopOn(child: ChildProcess, { signal, timeoutMs }: ToolRun) {
  let timedOut = false
  let force: NodeJS.Timeout | undefined
  const stop = () => {
    killGroup(child, 'SIGTERM')
    force ??= setTimeout(() => killGroup(child, 'SIGKILL'), KILL_AFTER_MS)
  }
  const clock = setTimeout(() => {
    timedOut = true
    stop()
  }, timeoutMs)
  signal?.addEventListener('abort', stop)
  return {
    timedOut: () => timedOut,
    postpone: () => void clock.refresh(),
    clear() {
      clearTimeout(clock)
      clearTimeout(force)
      signal?.removeEventListener('abort', stop)
    },
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return // it never started
  try {
    process.kill(-child.pid, signal)
  } catch {
    // It is gone already.
  }
}

function collect(stream: Readable, limit: number): Buffer[] {
  const chunks: Buffer[] = []
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > limit) stream.destroy()
    else chunks.push(chunk)
  })
  return chunks
}

function keepTail(stream: Readable): () => string {
  let tail = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-STDERR_KEPT)
  })
  return () => tail
}

/** `frame=` lines of `-progress`. */
function readFrames(stream: Readable, onFrames: (frames: number) => void): void {
  createInterface({ input: stream }).on('line', (line) => {
    const frames = /^frame=\s*(\d+)/.exec(line)?.[1]
    if (frames) onFrames(Number(frames))
  })
}
