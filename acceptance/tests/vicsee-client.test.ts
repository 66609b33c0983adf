import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { HostedApiError, hostedClient } from '../src/hosted-client.ts'
import type { HostedTask } from '../src/hosted-client.ts'

const MODEL = 'topaz-video-upscale'
const cast = await openCast({ name: 'moved', plan: 'pro_monthly', credits: 1_000 })
const { stack, host, key, fetch } = cast
const baseUrl = `${stack.api}/api/v1`
const client = hostedClient({ baseUrl, apiKey: key, fetch })

afterAll(() => cast[Symbol.asyncDispose]())

/** Stops on `completed` and `failed`, and knows three other values. */
async function poll(id: string): Promise<HostedTask> {
  for (;;) {
    const task = await client.task(id)
    if (task.status === 'completed' || task.status === 'failed') return task
    expect(['pending', 'processing', 'queued']).toContain(task.status)
    await sleep(500)
  }
}

const failureOf = async (work: Promise<unknown>): Promise<HostedApiError> => {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(error instanceof HostedApiError)) throw new Error(`It did not fail: ${String(error)}`)
  return error
}

describe('a client of the hosted contract, with nothing but another base URL', () => {
  test('lists models without a key, by type or all of them', async () => {
    for (const type of [undefined, 'video']) {
      const { models } = await client.models(type)
      expect(models).toEqual([
        {
          id: MODEL,
          name: expect.any(String),
          type: 'video',
          description: expect.any(String),
          endpoint: '/tools/upscale-video',
          credits: { unit: 'second', by_factor: { '1': 16, '2': 16, '4': 28 } },
          price_per_second_usd: {
            pro_yearly: { '1': '0.096', '2': '0.096', '4': '0.168' },
            pro_monthly: { '1': '0.192', '2': '0.192', '4': '0.336' },
          },
          limits: {
            max_duration_seconds: 60,
            formats: ['mp4', 'mov', 'mkv'],
            max_source_bytes: 1_073_741_824,
            max_output_side: 8192,
          },
        },
      ])
    }
    for (const type of ['image', 'music']) expect(await client.models(type)).toEqual({ models: [] })
  })

  test('uploads, upscales, polls, downloads, and reads credits', async () => {
    expect(await client.credits()).toEqual({ credits: 1_000 })
    const url = await client.upload(await readFile(await clip('base.mp4')), 'video/mp4')
    const created = await client.upscaleVideo({ video_url: url })
    expect(created).toMatchObject({ status: 'pending', creditsUsed: 48, creditsRemaining: 952 })
    expect(encodeURIComponent(created.id)).toBe(created.id)
    expect(await client.credits()).toEqual({ credits: 952 })

    const task = await poll(created.id)
    expect(task).toMatchObject({
      id: created.id,
      model: MODEL,
      status: 'completed',
      mediaType: 'video',
      prompt: null,
      result: { type: 'video' },
      error: null,
    })
    const video = await fetch(task.result?.url ?? '')
    expect([video.status, video.headers.get('content-type')]).toEqual([200, 'video/mp4'])
    expect((await video.arrayBuffer()).byteLength).toBeGreaterThan(10_000)
  })

  test('generates with arguments that we do not know', async () => {
    const extra = { upscale_factor: '1', seed: 7 }
    const named = {
      video_url: host.file(await clip('still.mp4')),
      prompt: 'sharper',
      duration: 5,
      aspect_ratio: '16:9',
      audio: true,
    }
    const created = await client.generate(MODEL, named, extra)
    expect(Object.keys(created).toSorted()).toEqual(
      ['createdAt', 'creditsRemaining', 'creditsUsed', 'id', 'model', 'status'].toSorted(),
    )
    expect(await poll(created.id)).toMatchObject({ status: 'completed' })
  })

  test('learns of a failed task from an answer that is none', async () => {
    const before = await client.credits()
    const { id } = await client.upscaleVideo({ video_url: host.file(await clip('broken.mp4')) })
    const task = await poll(id)
    expect(task).toMatchObject({ status: 'failed', result: null })
    expect(task.error?.key).toMatch(/^[a-z_]+$/)
    expect(task.error?.message).toMatch(/could not be decoded/)
    expect(await client.credits()).toEqual(before)
  })

  test.each<[string, () => Promise<unknown>, number, string, RegExp]>([
    [
      'a page',
      () => client.upscaleVideo({ video_url: host.text('<html>', 'a.mp4', 'text/html') }),
      422,
      'PROBE_FAILED',
      /^Could not read video duration from URL: .+/,
    ],
    [
      'a factor that is none',
      () => client.upscaleVideo({ video_url: host.missing(), upscale_factor: '8' }),
      400,
      'INVALID_UPSCALE_FACTOR',
      /upscale_factor must be "1", "2" or "4"/,
    ],
    [
      'a model of another sort',
      () => client.generate('seedance-2-0-text-to-video', { prompt: 'a cat' }),
      400,
      'INVALID_MODEL',
      /Available: topaz-video-upscale/,
    ],
    ['a task that is not there', () => client.task('task_gone'), 404, 'TASK_NOT_FOUND', /Task/],
    [
      'a key of somebody else',
      () => hostedClient({ baseUrl, apiKey: 'sk-wrong', fetch }).credits(),
      401,
      'INVALID_API_KEY',
      /^Invalid or inactive API key$/,
    ],
  ])('hears why %s is refused', async (_what, work, status, code, message) => {
    const error = await failureOf(work())
    expect(error).toMatchObject({ status, code })
    expect(error.message).toMatch(message)
  })

  test('is answered in JSON where there is nothing', async () => {
    const elsewhere = hostedClient({ baseUrl: `${stack.api}/api/v2`, apiKey: key, fetch })
    expect(await failureOf(elsewhere.credits())).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })
})
