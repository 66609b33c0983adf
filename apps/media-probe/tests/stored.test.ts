import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openObjectStore } from '@upscale/object-store'
import type { ByteRange, ObjectStore } from '@upscale/object-store'
import { clip, clipBytes } from '@upscale/testing'
import { probeVideo } from '../src/probe-video.ts'
import { testProbe } from './test-probe.ts'

const KEY = 'uploads/abc.mp4'
let folder: string
let objects: ObjectStore
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probe-stored-'))
  objects = openObjectStore(pathToFileURL(folder).href)
  await objects.put(KEY, await clip('base.mp4'), { contentType: 'video/mp4' })
})
afterAll(() => rm(folder, { recursive: true }))

/** A probe over the store, and the ranges that it read. */
function storedProbe(store: Partial<ObjectStore> = {}) {
  const { ctx, input, log } = testProbe() // no host may be connected to
  const ranges: (ByteRange | undefined)[] = []
  const watched: ObjectStore = {
    ...objects,
    async open(key, range) {
      ranges.push(range)
      return await objects.open(key, range)
    },
    ...store,
  }
  const probe = (url: string, signal?: AbortSignal) =>
    probeVideo({ ...ctx, objects: watched }, input(url), signal)
  return { probe, ranges, log }
}

test('an upload is read by ranges, and the log names no path of it', async () => {
  const { probe, ranges, log } = storedProbe()
  const { length } = await clipBytes('base.mp4')
  expect(await probe(`store://${KEY}`)).toMatchObject({
    container: 'mp4',
    durationMs: 3000,
    layout: 'moov_at_end',
    bytes: length,
  })
  expect(ranges.length).toBeGreaterThan(0)
  for (const range of ranges) expect(range?.end).toBeLessThan(length)
  expect(log().at(-1)).toMatchObject({ msg: 'video accepted', origin: 'store:' })
  expect(JSON.stringify(log())).not.toContain('abc.mp4')
})

test('an upload that is gone is no URL that can be read', async () => {
  await expect(storedProbe().probe('store://uploads/gone.mp4')).rejects.toMatchObject({
    code: 'PROBE_FAILED',
    key: 'source_unreachable',
    message:
      'Could not read video duration from URL: the upload is gone. Uploads are kept for 24 hours: upload it again',
  })
})

test('a store that does not answer is no fault of the video: it is asked again', async () => {
  const down = async () => {
    throw new Error('connect ECONNREFUSED')
  }
  for (const store of [{ stat: down }, { open: down }]) {
    const refused = storedProbe(store).probe(`store://${KEY}`)
    await expect(refused).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      key: 'store_unreachable',
    })
  }
})

test('a probe that is stopped throws the reason', async () => {
  const reason = new Error('stopped')
  await expect(storedProbe().probe(`store://${KEY}`, AbortSignal.abort(reason))).rejects.toBe(
    reason,
  )
})
