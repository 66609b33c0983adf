import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CancelledFailure } from '@temporalio/activity'
import { expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import type { UpscaleProgress } from '@upscale/types'
import { ActivityCancellationDetails } from '@temporalio/common'
import { sweepWorkFolders } from '../src/work-folder.ts'
import { serve } from './file-server.ts'
import { testUpscale } from './test-upscale.ts'
import type { TestUpscale } from './test-upscale.ts'

const run = promisify(execFile)

/** Tools that still work in a folder. */
async function toolsIn(folder: string): Promise<string[]> {
  const { stdout } = await run('ps', ['-eo', 'args'])
  return stdout.split('\n').filter((line) => line.includes(folder) && !line.startsWith('ps '))
}

/** Stops the job once it has made pictures, and gives what it threw and how long that took. */
async function stopWhileUpscaling(job: TestUpscale, stop: () => void) {
  let since = 0
  let last: UpscaleProgress | undefined
  let running: Promise<string[]> | undefined
  job.env.on('heartbeat', (progress: UpscaleProgress) => {
    if (progress.stage !== 'upscaling' || progress.frames === 0 || since > 0) return
    last = progress
    since = Date.now()
    running = toolsIn(job.ctx.workFolder)
    stop()
  })
  const error: unknown = await job.run().catch((error: unknown) => error)
  return { error, last, ms: Date.now() - since, running: await running }
}

test('a cancel stops the encoder, says how much was done, and leaves nothing', async () => {
  await using job = await testUpscale(await clip('base.mp4'), { factor: '4' })
  const { error, last, ms, running } = await stopWhileUpscaling(job, () => job.env.cancel())
  expect(running).toHaveLength(1)
  expect(error).toBeInstanceOf(CancelledFailure)
  const frames = last?.frames ?? 0
  expect((error as CancelledFailure).details).toEqual([
    {
      donePercent: Math.floor((100 * frames) / 90),
      attempt: 1,
      stage: 'upscaling',
      progress: Math.round((0.15 + 0.75 * (frames / 90)) * 1_000) / 1_000,
      startedAt: expect.any(Number),
    },
  ])
  expect(ms).toBeLessThan(3_000)
  expect(await toolsIn(job.ctx.workFolder)).toEqual([])
  expect(await job.leftovers()).toEqual({ work: [], results: [] })
})

test('a cancel while finalizing comes too late: the result is stored', async () => {
  await using job = await testUpscale(await clip('base.mp4'))
  let canceledAt: string | undefined
  job.env.on('heartbeat', ({ stage }: UpscaleProgress) => {
    if (stage !== 'finalizing' || canceledAt) return
    canceledAt = stage
    job.env.cancel()
  })
  const { outputKey, output } = await job.run()
  expect(canceledAt).toBe('finalizing')
  expect((await job.result(outputKey)).video?.width).toBe(output.width)
  expect(await job.leftovers()).toEqual({ work: [], results: ['task_0123456789abcdef'] })
})

test('a shutdown while finalizing stops it: another host makes the result', async () => {
  await using job = await testUpscale(await clip('base.mp4'))
  job.env.on('heartbeat', ({ stage }: UpscaleProgress) => {
    const details = new ActivityCancellationDetails({ workerShutdown: true })
    if (stage === 'finalizing') job.env.cancel('WORKER_SHUTDOWN', details)
  })
  await expect(job.run()).rejects.toMatchObject({ message: 'WORKER_SHUTDOWN' })
  expect(await job.leftovers()).toEqual({ work: [], results: [] })
})

test('a shutdown of the worker is no cancel: its reason passes through', async () => {
  await using job = await testUpscale(await clip('base.mp4'), { factor: '4' })
  const { error } = await stopWhileUpscaling(job, () =>
    job.env.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true })),
  )
  expect(error).toBeInstanceOf(CancelledFailure)
  expect(error).toMatchObject({ message: 'WORKER_SHUTDOWN', details: [] })
  expect(await job.leftovers()).toEqual({ work: [], results: [] })
})

test('a cancel while fetching keeps nothing', async () => {
  const server = await serve((_, res) => {
    res.writeHead(200).write(Buffer.alloc(100)) // and never ends
  })
  await using job = await testUpscale(await clip('base.mp4'), { server })
  setTimeout(() => job.env.cancel(), 300)
  const error: unknown = await job.run().catch((error: unknown) => error)
  expect(error).toBeInstanceOf(CancelledFailure)
  expect((error as CancelledFailure).details).toMatchObject([{ donePercent: 0, stage: 'fetching' }])
  expect(await job.leftovers()).toEqual({ work: [], results: [] })
})

test('a host that says nothing is waited for with signs of life, so a cancel is heard', async () => {
  await using job = await testUpscale(await clip('base.mp4'), { server: await serve(() => {}) })
  job.env.on('heartbeat', () => {
    if (job.heartbeats.length === 3) job.env.cancel()
  })
  const error: unknown = await job.run().catch((error: unknown) => error)
  expect(error).toBeInstanceOf(CancelledFailure)
  const waiting = ['fetching', 0]
  expect(job.heartbeats.map(({ stage, progress }) => [stage, progress])).toEqual([
    waiting,
    waiting,
    waiting,
  ])
})

test('progress rises through all stages and counts every picture', async () => {
  await using job = await testUpscale(await clip('base.mp4'), { factor: '4' })
  const { timings } = await job.run()
  const seen = job.heartbeats
  expect([...new Set(seen.map(({ stage }) => stage))]).toEqual([
    'fetching',
    'preparing',
    'upscaling',
    'finalizing',
  ])
  const shares = seen.map(({ progress }) => progress)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect(shares.at(-1)).toBeLessThanOrEqual(0.99)
  const upscaling = seen.filter(({ stage, frames }) => stage === 'upscaling' && frames > 0)
  expect(upscaling.length).toBeGreaterThan(1)
  for (const { etaSeconds } of upscaling) expect(etaSeconds).toBeGreaterThanOrEqual(0)
  expect(seen.at(-1)).toMatchObject({ frames: 90, of: 90 })
  expect(timings.upscaleMs).toBeGreaterThan(0)
})

test('folders of dead processes are swept, those of living ones stay', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sweep-'))
  const dead = 'task_0123456789abcdef.4194305.abcdef' // above the largest process id
  const living = `task_0123456789abcdef.${process.ppid}.abcdef`
  for (const name of [dead, living, 'somebody-elses']) await mkdir(join(root, name))
  await sweepWorkFolders(root)
  expect((await readdir(root)).toSorted()).toEqual(['somebody-elses', living].toSorted())
  await sweepWorkFolders(root, Date.now() + 4 * 3_600_000)
  expect(await readdir(root)).toEqual(['somebody-elses'])
  await rm(root, { recursive: true })
})
