import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from '@jest/globals'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Created } from '../src/customer.ts'

const run = promisify(execFile)
const SAMPLE = fileURLToPath(new URL('../../samples/big-buck-bunny-360p.mp4', import.meta.url))
const cast = await openCast({ name: 'happy', plan: 'pro_yearly', credits: 10_000 })
const { host, operator, us, fetch } = cast

afterAll(() => cast[Symbol.asyncDispose]())

async function probe(path: string): Promise<Record<string, string>> {
  const { stdout } = await run('ffprobe', [
    ...'-v error -count_frames -select_streams v:0 -of json -show_entries'.split(' '),
    'stream=codec_name,width,height,nb_read_frames:format=duration',
    path,
  ])
  const { streams, format } = JSON.parse(stdout) as {
    streams: Record<string, string>[]
    format: Record<string, string>
  }
  return { ...streams[0], ...format }
}

async function download(url: string): Promise<{ path: string; bytes: Buffer; res: Response }> {
  const res = await fetch(url)
  const bytes = Buffer.from(await res.arrayBuffer())
  const path = join(await mkdtemp(join(tmpdir(), 'result-')), 'upscaled.mp4')
  await writeFile(path, bytes)
  return { path, bytes, res }
}

describe('a real clip', () => {
  test.each([
    { factor: '1', rate: 16, width: 640, height: 360 },
    { factor: '2', rate: 16, width: 1280, height: 720 },
    { factor: '4', rate: 28, width: 2560, height: 1440 },
  ])('comes back better at factor $factor', async ({ factor, rate, width, height }) => {
    const before = await us.credits()
    const url = host.file(SAMPLE)
    const posted = await us.upscale({ video_url: url, upscale_factor: factor })
    const price = 6 * rate // 5.28 s of picture
    expect(posted.status).toBe(200)
    expect(posted.body).toEqual({
      success: true,
      data: {
        id: expect.stringMatching(/^task_[A-Za-z0-9]{16,40}$/),
        model: 'topaz-video-upscale',
        status: 'pending',
        input: {
          video_url: url,
          upscale_factor: factor,
          detected_duration: '5.28s',
          billed_seconds: 6,
          credits_per_second: rate,
        },
        creditsUsed: price,
        creditsRemaining: before - price,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    })
    const { id } = posted.body.data as Created
    expect(posted.headers.get('location')).toBe(`/api/v1/tasks/${id}`)

    const task = await us.watch(id, hasEnded)
    expect(task).toMatchObject({
      status: 'completed',
      stage: 'done',
      progress: 1,
      attempts: 1,
      error: null,
      output: { width, height, codec: 'h264', duration: 5.28 },
      cost: {
        credits: price,
        refunded_credits: 0,
        net_credits: price,
        transactions: [{ type: 'debit', amount: -price }],
      },
    })
    expect(await us.credits()).toBe(before - price)
    expect(await operator.chargesOf(id)).toEqual(['settled'])

    const { path, bytes, res } = await download(task.result?.url ?? '')
    expect(res.headers.get('content-type')).toBe('video/mp4')
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(task.output?.sha256)
    expect(await probe(path)).toMatchObject({ width, height, nb_read_frames: '132' })
  })

  test('goes through /generate too, and its result can be read in ranges', async () => {
    const posted = await us.post('/generate', {
      model: 'topaz-video-upscale',
      input: { video_url: host.file(SAMPLE), prompt: 'ignored' },
    })
    expect(posted.status).toBe(200)
    expect(Object.keys(posted.body.data as object).sort()).toEqual([
      'createdAt',
      'creditsRemaining',
      'creditsUsed',
      'id',
      'model',
      'status',
    ])
    const task = await us.watch((posted.body.data as Created).id, hasEnded)
    expect(task).toMatchObject({ status: 'completed', output: { width: 1280 } })
    const part = await fetch(task.result?.url ?? '', { headers: { range: 'bytes=0-99' } })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe(`bytes 0-99/${task.output?.bytes}`)
    expect((await part.arrayBuffer()).byteLength).toBe(100)
  })

  test('shows progress that never falls while it is worked on', async () => {
    const posted = await us.upscale({ video_url: host.file(SAMPLE), upscale_factor: '4' })
    const seen: { progress: number; stage: string }[] = []
    await us.watch((posted.body.data as Created).id, (task) => {
      seen.push({ progress: task.progress, stage: task.stage })
      return hasEnded(task)
    })
    const progress = seen.map((task) => task.progress)
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
    expect(seen.filter(({ stage }) => stage === 'upscaling').length).toBeGreaterThan(2)
    expect(new Set(progress).size).toBeGreaterThan(3)
  })
})

test('the books add up', async () => {
  expect(await operator.brokenBooks()).toEqual([])
})
