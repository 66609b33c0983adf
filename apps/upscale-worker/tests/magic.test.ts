import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { CancelledFailure } from '@temporalio/activity'
import { ActivityCancellationDetails, ApplicationFailure } from '@temporalio/common'
import { pictureSeconds } from '@upscale/ffmpeg'
import { MAGIC_VIDEOS } from '@upscale/types'
import type { MagicName, UpscaleFactor } from '@upscale/types'
import { magicOf } from '../src/magic/magic-of.ts'
import { playMagic } from '../src/magic/play-magic.ts'
import { openProgress } from '../src/progress.ts'
import { TASK, testMagic } from './test-upscale.ts'
import type { TestMagic } from './test-upscale.ts'

const run = promisify(execFile)
const STAGES = ['fetching', 'preparing', 'upscaling', 'finalizing']
const stagesOf = ({ heartbeats }: TestMagic) => [...new Set(heartbeats.map(({ stage }) => stage))]

describe('a video of what was promised is stored', () => {
  test.each<[MagicName, UpscaleFactor, string, string, number]>([
    ['ok.mp4', '1', '1280x720', 'h264', 8_500],
    ['ok.mp4', '2', '2560x1440', 'h264', 8_500],
    ['ok.mp4', '4', '5120x2880', 'hevc', 8_500],
    ['sixty.mp4', '4', '5120x2880', 'hevc', 60_000],
    ['big.mp4', '2', '5120x2880', 'hevc', 8_500],
  ])('%s at %sx: %s %s, %i ms', async (name, factor, size, codec, durationMs) => {
    await using job = await testMagic(name, { factor })
    const began = performance.now()
    const { output, outputKey, attempt, timings } = await job.run()
    const ms = performance.now() - began
    const { video, path } = await job.result(outputKey)
    const bytes = await readFile(path)

    expect(`${output.width}x${output.height}`).toBe(size)
    expect(output).toMatchObject({ codec, container: 'mp4', durationMs, fps: 30 })
    expect(output.bytes).toBe(bytes.length)
    expect(output.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(`${video?.width}x${video?.height} ${video?.codec}`).toBe(`${size} ${codec}`)
    expect(video && pictureSeconds(video)).toBe(durationMs / 1000)
    expect(video?.times).toHaveLength((durationMs * 30) / 1000)
    expect(attempt).toBe(1)
    expect(ms).toBeGreaterThan(2_600)
    expect(ms).toBeLessThan(9_000) // 3 s where nobody else works on this machine
    expect(timings.upscaleMs + timings.prepareMs).toBeGreaterThan(2_000)
    expect(stagesOf(job)).toEqual(STAGES)
    expect(await job.leftovers()).toEqual({ work: [], results: [TASK] })
  })

  test('that a player can decode to its last picture', async () => {
    await using job = await testMagic('ok.mp4')
    const { path } = await job.result((await job.run()).outputKey)
    const look = ['-v', 'error', '-xerror', '-i', path, '-vf', 'signalstats,metadata=print:file=-']
    const { stdout } = await run('ffmpeg', [...look, '-f', 'null', '-'], { maxBuffer: 2 ** 24 })
    const brightest = Array.from(stdout.matchAll(/YMAX=(\d+)/g), ([, level]) => Number(level))
    expect(brightest).toHaveLength(255)
    expect(Math.min(...brightest)).toBeGreaterThanOrEqual(235) // a test card, not a black picture
  })
})

describe('attempts that fail', () => {
  async function failureOf(name: MagicName) {
    await using job = await testMagic(name)
    const error: unknown = await job.run().catch((error: unknown) => error)
    expect(await job.leftovers()).toEqual({ work: [], results: [] })
    if (!(error instanceof ApplicationFailure)) throw error
    const { type, nonRetryable, details } = error
    return { type, nonRetryable, details }
  }
  const facts = (key: string) => [
    expect.objectContaining({ key, attempt: 1, stage: 'upscaling' }) as unknown,
  ]

  test('fails-processing.mp4, for good', async () => {
    expect(await failureOf('fails-processing.mp4')).toEqual({
      type: 'GENERATION_FAILED',
      nonRetryable: true,
      details: facts('generic'),
    })
  })

  test('upscaler-timeout.mp4, as one that may be tried again', async () => {
    expect(await failureOf('upscaler-timeout.mp4')).toEqual({
      type: 'UPSCALER_TIMEOUT',
      nonRetryable: false,
      details: facts('upscaler_timeout'),
    })
  })

  test('retry.mp4 fails once, its second attempt delivers', async () => {
    expect(await failureOf('retry.mp4')).toMatchObject({
      type: 'UPSCALER_UNAVAILABLE',
      nonRetryable: false,
    })
    await using job = await testMagic('retry.mp4', { attempt: 2 })
    expect(await job.run()).toMatchObject({ attempt: 2, output: { durationMs: 8_500 } })
  })
})

test('slow.mp4 goes forward each second', async () => {
  await using job = await testMagic('slow.mp4')
  setTimeout(() => job.env.cancel(), 5_000)
  await job.run().catch(() => undefined)
  const shares = new Set(job.heartbeats.map(({ progress }) => progress))
  expect(shares.size).toBeGreaterThan(5)
  const last = job.heartbeats.at(-1)
  expect(last?.stage).toBe('preparing')
  expect(last?.progress).toBeGreaterThan(0.07) // 5 s of 60
  expect(last?.progress).toBeLessThan(0.1)
})

describe('stuck.mp4', () => {
  const isHalf = (job: TestMagic) => job.heartbeats.filter(({ frames }) => frames === 128).length

  test('stays at 50 %; a cancel there stops it at once and keeps half', async () => {
    await using job = await testMagic('stuck.mp4')
    let canceledAt = 0
    job.env.on('heartbeat', () => {
      if (isHalf(job) < 8 || canceledAt) return
      canceledAt = performance.now()
      job.env.cancel()
    })
    const error: unknown = await job.run().catch((error: unknown) => error)
    expect(performance.now() - canceledAt).toBeLessThan(1_000)
    expect(error).toBeInstanceOf(CancelledFailure)
    const { progress, startedAt } = job.heartbeats.at(-1) ?? {}
    expect((error as CancelledFailure).details).toEqual([
      { donePercent: 50, attempt: 1, stage: 'upscaling', progress, startedAt },
    ])
    expect(progress).toBe(0.526)
    expect(job.heartbeats.at(-1)).toMatchObject({ stage: 'upscaling', frames: 128, of: 255 })
    expect(await job.leftovers()).toEqual({ work: [], results: [] })
  })

  test('a shutdown of the worker is no cancel: its reason passes through', async () => {
    await using job = await testMagic('stuck.mp4')
    const details = new ActivityCancellationDetails({ workerShutdown: true })
    job.env.on('heartbeat', () => {
      if (isHalf(job) > 0) job.env.cancel('WORKER_SHUTDOWN', details)
    })
    await expect(job.run()).rejects.toMatchObject({ message: 'WORKER_SHUTDOWN', details: [] })
    expect(await job.leftovers()).toEqual({ work: [], results: [] })
  })

  test('goes on after its time and is delivered', async () => {
    await using job = await testMagic('stuck.mp4')
    const { ctx } = job
    const frames: number[] = []
    const progress = openProgress((told) => frames.push(told.frames), ctx.now, 255)
    const { media } = MAGIC_VIDEOS['stuck.mp4']
    const source = { host: 'magic.test', sealed: '' }
    const input = { taskId: TASK, factor: '2' as const, source, media, round: 1 }
    const script = { takesMs: 600, hold: { percent: 50, ms: 1_500 } }
    const { signal } = new AbortController()
    const { output } = await playMagic(ctx, input, script, { attempt: 1, progress, signal })
    expect(output.durationMs).toBe(8_500)
    expect(frames.filter((count) => count === 128).length).toBeGreaterThan(4)
    expect(Math.max(...frames)).toBe(255)
  })
})

test('only a test job plays: a live one has a source', () => {
  expect(magicOf({ livemode: false, magic: 'ok.mp4' })).toEqual({ takesMs: 2_700 })
  expect(magicOf({ magic: 'ok.mp4' })).toBeUndefined()
  expect(magicOf({ livemode: true, magic: 'ok.mp4' })).toBeUndefined()
  expect(magicOf({ livemode: false })).toBeUndefined()
})

test('a test card is encoded once for all attempts, and again after a failure', async () => {
  await using job = await testMagic('ok.mp4')
  const picture = { width: 64, height: 36, fps: 30, codec: 'h264' } as const
  const [first, second] = await Promise.all([
    job.ctx.testPictures(picture),
    job.ctx.testPictures(picture),
  ])
  expect(second).toBe(first)
  const other = { ...picture, fps: 25 }
  expect(await job.ctx.testPictures(other)).not.toEqual(first)
  const impossible = { ...picture, width: 63 }
  const failure = { code: 'GENERATION_FAILED', key: 'generic' }
  await expect(job.ctx.testPictures(impossible)).rejects.toMatchObject(failure)
  await expect(job.ctx.testPictures(impossible)).rejects.toMatchObject(failure)
})
