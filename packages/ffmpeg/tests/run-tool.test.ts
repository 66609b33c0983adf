import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { ToolError, decodeCheckArgs, findTools, runTool, toolFailureOf } from '../src/index.ts'
import type { Tools } from '../src/index.ts'

const run = promisify(execFile)
const searchPath = process.env['PATH'] ?? ''
let folder: string
let tools: Tools

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tools-'))
  tools = await findTools({ searchPath })
})
afterAll(() => rm(folder, { recursive: true }))

/** A tool of our own making. */
async function fake(name: string, script: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

const asFfmpeg = async (name: string, script: string): Promise<Tools> => ({
  ...tools,
  ffmpeg: await fake(name, script),
})

const processes = async (text: string): Promise<string[]> =>
  (await run('ps', ['-eo', 'args'])).stdout.split('\n').filter((line) => line.includes(text))

const LIMITS = { timeoutMs: 20_000 }
const SLEEPER = 'trap "" TERM; sleep 61.5 & sleep 61.5' // deaf to SIGTERM, with a child

describe('running', () => {
  test('gives standard output, and sees frames of its progress', async () => {
    const frames: number[] = []
    const path = await clip('base.mp4')
    const args = decodeCheckArgs({ path, samples: [0, 89], filters: 'scale=4:2,format=gray' })
    const raw = await runTool(tools, 'ffmpeg', { args, ...LIMITS, onFrames: (n) => frames.push(n) })
    expect(raw).toHaveLength(16)
    expect(frames.at(-1)).toBe(90)
  })

  test('hands down no environment', async () => {
    const printer = await asFfmpeg('printer', 'env')
    const said = (await runTool(printer, 'ffmpeg', { args: [], ...LIMITS })).toString()
    expect(said).not.toContain('HOME=')
    expect(said).not.toContain(searchPath)
  })

  test('limits the address space', async () => {
    const limited = await asFfmpeg('limited', 'ulimit -v; ulimit -c; ulimit -n')
    const options = { args: [], ...LIMITS, memoryBytes: 1_073_741_824 }
    expect((await runTool(limited, 'ffmpeg', options)).toString()).toBe('1048576\n0\n256\n')
  })

  test('an exit code is an error with the end of what was said', async () => {
    const failing = await asFfmpeg('failing', 'echo first >&2; echo last words >&2; exit 3')
    const error: unknown = await runTool(failing, 'ffmpeg', { args: [], ...LIMITS }).catch(
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(ToolError)
    expect(error).toMatchObject({
      message: 'ffmpeg exited with 3: last words',
      exitCode: 3,
      stderr: 'first\nlast words\n',
    })
    expect(toolFailureOf(error as ToolError)).toEqual({ blame: 'unknown' })
  })

  test('a crash is told from a kill', async () => {
    for (const [signal, failure] of [
      ['SEGV', { blame: 'crash' }],
      ['KILL', { blame: 'host', key: 'engine_killed' }],
    ] as const) {
      const dying = await asFfmpeg(`dying-${signal}`, `kill -${signal} $$`)
      const error: unknown = await runTool(dying, 'ffmpeg', { args: [], ...LIMITS }).catch(
        (error: unknown) => error,
      )
      expect(toolFailureOf(error as ToolError)).toEqual(failure)
    }
  })

  test('a tool that cannot be started is no ToolError', async () => {
    const nothing = { ...tools, prlimit: undefined, setpriv: undefined, ffmpeg: '/nowhere' }
    await expect(runTool(nothing, 'ffmpeg', { args: [], ...LIMITS })).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })
})

describe('stopping', () => {
  test('a cancel ends the whole group, by force after two seconds', async () => {
    const sleeper = await asFfmpeg('sleeper', SLEEPER)
    const reason = new Error('stop')
    const since = Date.now()
    const stop = new AbortController()
    setTimeout(() => stop.abort(reason), 200)
    const { signal } = stop
    const stopped = runTool(sleeper, 'ffmpeg', { args: [], ...LIMITS, signal })
    await expect(stopped).rejects.toBe(reason)
    expect(Date.now() - since).toBeLessThan(4_000)
    expect(await processes('sleep 61.5')).toEqual([])
  })

  test('a cancel that came before starts nothing', async () => {
    const reason = new Error('stop')
    const signal = AbortSignal.abort(reason)
    await expect(runTool(tools, 'ffmpeg', { args: [], ...LIMITS, signal })).rejects.toBe(reason)
  })

  test('silence is cut off, progress is not', async () => {
    const lively = await asFfmpeg(
      'lively',
      'for n in 1 2 3 4; do sleep 0.3; echo frame=$n >&3; done',
    )
    await runTool(lively, 'ffmpeg', { args: [], timeoutMs: 900 })
    const silent = await asFfmpeg('silent', 'sleep 62.5')
    const error: unknown = await runTool(silent, 'ffmpeg', { args: [], timeoutMs: 300 }).catch(
      (error: unknown) => error,
    )
    expect(error).toMatchObject({ timedOut: true })
    expect(toolFailureOf(error as ToolError)).toEqual({ blame: 'time' })
    expect(await processes('sleep 62.5')).toEqual([])
  })

  test('the tool dies with the process that started it', async () => {
    const script = join(folder, 'parent.mts')
    const sleeper = await asFfmpeg('orphan', 'sleep 63.5')
    const code = `import { runTool } from ${JSON.stringify(import.meta.resolve('../src/index.ts'))}
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500)
      await runTool(${JSON.stringify({ ...sleeper, filters: {} })}, 'ffmpeg', { args: [], timeoutMs: 9e4 })`
    await writeFile(script, code)
    await expect(run(process.execPath, ['--conditions=@upscale/source', script])).rejects.toThrow()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect((await processes('orphan')).filter((line) => line.includes('/bin/sh'))).toEqual([])
  })
})

describe('finding', () => {
  const NEEDED = 'ffmpeg 5.1 or newer is needed'

  test('finds what is on the path', () => {
    expect(tools.ffmpeg).toMatch(/^\/.*ffmpeg$/)
    expect(tools.ffprobe).toMatch(/^\/.*ffprobe$/)
    expect(tools.version).toMatch(/^\S+$/)
  })

  test.each([
    ['nothing', { searchPath: '/nowhere' }],
    ['a wrong path', { ffmpegPath: '/nowhere/ffmpeg', searchPath }],
  ])('%s is one sentence', async (_, settings) => {
    await expect(findTools(settings)).rejects.toMatchObject({
      code: 'UPSCALER_UNAVAILABLE',
      key: 'ffmpeg_missing',
      message: expect.stringContaining(NEEDED),
    })
  })

  test('an old version is refused', async () => {
    const ffmpegPath = await fake('old-ffmpeg', 'echo "ffmpeg version 4.4.2 Copyright"')
    await expect(findTools({ ffmpegPath, searchPath })).rejects.toThrow(NEEDED)
  })

  test('a missing encoder is named, a missing optional filter only noted', async () => {
    const listing = (encoders: string, filters: string) =>
      `case "$2" in
        -version) echo "ffmpeg version 6.0 Copyright";;
        -encoders) printf '${encoders}';;
        -filters) printf '${filters}';;
      esac`
    const line = (name: string) => ` ... ${name} x\\n`
    const filters = ['scale', 'trim', 'setpts', 'format', 'pad', 'fillborders', 'setparams', 'cas']
    const all = filters.map(line).join('')
    const noHevc = await fake('no-hevc', listing(line('libx264') + line('aac'), all))
    await expect(findTools({ ffmpegPath: noHevc, searchPath })).rejects.toThrow(
      'This ffmpeg lacks the encoder libx265',
    )
    const encoders = ['libx264', 'libx265', 'aac'].map(line).join('')
    const plain = await findTools({
      ffmpegPath: await fake('plain', listing(encoders, all)),
      searchPath,
    })
    expect(plain.missingFilters).toEqual(['deblock', 'fftdnoiz', 'unsharp', 'bwdif'])
    expect([...plain.filters]).toEqual(['cas'])
  })
})
