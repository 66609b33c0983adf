import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ApplicationFailure } from '@temporalio/common'
import type { ObjectStore } from '@upscale/object-store'
import { clip } from '@upscale/testing'
import type { ClipName } from '@upscale/testing'
import type { UpscaleProgress } from '@upscale/types'
import { createLocalEngine } from '../src/engines/local/local-engine.ts'
import { BANDS } from '../src/progress.ts'
import { serve, serveFile } from './file-server.ts'
import { factsOf, testUpscale } from './test-upscale.ts'
import type { TestOptions } from './test-upscale.ts'

type Stage = UpscaleProgress['stage']

/** What Temporal is told of an attempt that must fail and leave nothing behind. */
async function failureOf(path: string, options: TestOptions = {}) {
  await using job = await testUpscale(path, { factor: '1', ...options })
  const before = Date.now()
  const error: unknown = await job.run().catch((error: unknown) => error)
  expect(await job.leftovers()).toEqual({ work: [], results: [] })
  if (!(error instanceof ApplicationFailure)) throw error
  const { type, message, nonRetryable, details } = error
  const [{ startedAt, progress, ...facts }] = details as [
    { startedAt: number; progress: number; stage: Stage },
  ]
  expect(startedAt).toBeGreaterThanOrEqual(before)
  expect(startedAt).toBeLessThanOrEqual(Date.now())
  const [from, to] = BANDS[facts.stage]
  expect(progress).toBeGreaterThanOrEqual(from)
  expect(progress).toBeLessThanOrEqual(to)
  return { type, message, nonRetryable, facts }
}
const failure = (type: string, key: string, stage: Stage) =>
  expect.objectContaining({ type, facts: { key, attempt: 1, stage } })

describe('a source that does not bear out its price', () => {
  test.each<[ClipName, string, string]>([
    ['broken.mp4', 'SOURCE_UNREADABLE', 'source_unreadable'],
    ['lies1.mkv', 'SOURCE_CHANGED', 'media_inconsistent'],
    ['hdr10.mp4', 'SOURCE_UNREADABLE', 'hdr_not_supported'],
    ['dts.mkv', 'SOURCE_UNREADABLE', 'codec_not_supported'],
    ['fps240.mp4', 'SOURCE_UNREADABLE', 'frame_rate_too_high'],
  ])('%s is %s, %s', async (name, code, key) => {
    expect(await failureOf(await clip(name))).toEqual(failure(code, key, 'preparing'))
  })

  test('another size, shorter or longer', async () => {
    const path = await clip('fast.mp4')
    const { bytes } = await factsOf(path)
    const changed = failure('SOURCE_CHANGED', 'source_changed', 'fetching')
    expect(await failureOf(path, { priced: { bytes: bytes - 1 } })).toEqual(changed)
    expect(await failureOf(path, { priced: { bytes: bytes + 1 } })).toEqual(changed)
  })

  test('another duration, another validator', async () => {
    const path = await clip('fast.mp4')
    const changed = (stage: Stage) => failure('SOURCE_CHANGED', 'source_changed', stage)
    expect(await failureOf(path, { priced: { durationMs: 2_999 } })).toEqual(changed('preparing'))
    const server = await serveFile(path, { etag: '"now"' })
    expect(await failureOf(path, { server, priced: { validator: '"then"' } })).toEqual(
      changed('fetching'),
    )
  })

  test('a file of the same size that is no video any more', async () => {
    const path = await clip('fast.mp4')
    const { bytes } = await factsOf(path)
    const page = Buffer.alloc(bytes, '<html>')
    const server = await serve((_, res) => res.end(page))
    expect(await failureOf(path, { server })).toEqual(
      failure('SOURCE_CHANGED', 'source_not_video', 'preparing'),
    )
  })

  test('a file of the same size and header that ends early', async () => {
    const path = await clip('live.mkv') // says neither its size nor its duration
    const bytes = await readFile(path)
    const half = Buffer.concat([
      bytes.subarray(0, bytes.length / 2),
      Buffer.alloc(bytes.length - Math.floor(bytes.length / 2)),
    ])
    const server = await serve((_, res) => res.end(half.subarray(0, bytes.length)))
    const { type } = await failureOf(path, { server })
    expect(['SOURCE_CHANGED', 'SOURCE_UNREADABLE']).toContain(type)
  })
})

test('a source that crashes the decoder twice is not tried a third time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'crash-'))
  const runs = join(folder, 'runs')
  const path = await clip('still.mp4')
  await using job = await testUpscale(path, { factor: '1' })
  const { tools } = job.ctx
  const ffmpeg = join(folder, 'ffmpeg')
  const script = `case "$*" in *libx264*) echo run >> ${runs}; kill -SEGV $$;; esac`
  await writeFile(ffmpeg, `#!/bin/sh\n${script}\nexec ${tools.ffmpeg} "$@"\n`)
  await chmod(ffmpeg, 0o755)
  const crashing = { ...tools, ffmpeg }
  const given = { engine: createLocalEngine(crashing) }
  expect(await failureOf(path, { given })).toEqual(
    failure('SOURCE_UNREADABLE', 'media_crashes_decoder', 'upscaling'),
  )
  expect(await readFile(runs, 'utf8')).toBe('run\nrun\n')
  await rm(folder, { recursive: true })
})

describe('a source that is gone', () => {
  test('a status is named', async () => {
    const server = await serve((_, res) => res.writeHead(404).end())
    const error = await failureOf(await clip('fast.mp4'), { server })
    expect(error).toEqual(failure('SOURCE_UNAVAILABLE', 'source_http_status', 'fetching'))
    expect(error.message).toBe('The video could no longer be downloaded: the server answered 404')
  })
})

describe('our own faults', () => {
  test('too little disk space is seen before a byte is fetched', async () => {
    let asked = 0
    const server = await serve((_, res) => {
      asked += 1
      res.end()
    })
    const given = { freeBytes: async () => 100_000_000 }
    const error = await failureOf(await clip('fast.mp4'), { server, given })
    expect(error).toEqual(failure('UPSCALER_UNAVAILABLE', 'disk_full', 'fetching'))
    expect(asked).toBe(0)
  })

  test('a store that refuses is tried three times', async () => {
    let puts = 0
    const objects: ObjectStore = {
      async put() {
        puts += 1
        throw new Error('no route to host')
      },
      open: async () => undefined,
      stat: async () => undefined,
      delete: async () => undefined,
      deleteFolder: async () => undefined,
    }
    const error = await failureOf(await clip('still.mp4'), { given: { objects } })
    expect(error).toEqual(failure('UPSCALER_UNAVAILABLE', 'store_unreachable', 'finalizing'))
    expect(error.nonRetryable).toBe(false)
    expect(puts).toBe(3)
  })

  test('a tool that is gone', async () => {
    const path = await clip('still.mp4')
    await using other = await testUpscale(path)
    const { tools } = other.ctx
    const given = {
      tools: { ...tools, prlimit: undefined, setpriv: undefined, ffprobe: '/nowhere' },
    }
    const missing = failure('UPSCALER_UNAVAILABLE', 'ffmpeg_missing', 'preparing')
    expect(await failureOf(path, { given })).toEqual(missing)
  })

  test('an engine that makes another picture is found out', async () => {
    await using other = await testUpscale(await clip('still.mp4'))
    const honest = other.ctx.engine
    const engine: typeof honest = {
      name: 'wrong',
      upscale: (work) => {
        const plan = {
          ...work.plan,
          pieces: work.plan.pieces.map((piece) => ({ ...piece, end: 60 })),
        }
        return honest.upscale({ ...work, plan })
      },
    }
    const error = await failureOf(await clip('mute.mp4'), { given: { engine } })
    expect(error).toEqual(failure('OUTPUT_INVALID', 'output_invalid', 'finalizing'))
    expect(error.message).toBe('The result failed verification: it has 60 of 90 pictures')
  })
})
