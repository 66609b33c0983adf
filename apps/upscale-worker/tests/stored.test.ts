import { createHash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openObjectStore } from '@upscale/object-store'
import type { ObjectStore } from '@upscale/object-store'
import { readKeyRing, sealSource } from '@upscale/runtime'
import { readPolicy } from '@upscale/safe-fetch'
import type { MediaFacts } from '@upscale/types'
import { fetchSource } from '../src/fetch-source.ts'

const KEY = 'uploads/abc.mp4'
const BYTES = Buffer.alloc(300_000, 'upload')
const sourceKeys = readKeyRing(`k1:${Buffer.alloc(32, 1).toString('base64')}`)
const policy = readPolicy({ allow: '', ownHosts: [], production: false })

let folder: string
let objects: ObjectStore
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worker-stored-'))
  await writeFile(join(folder, 'file'), BYTES)
  objects = openObjectStore(pathToFileURL(join(folder, 'store')).href)
  await objects.put(KEY, join(folder, 'file'), { contentType: 'video/mp4' })
})
afterAll(() => rm(folder, { recursive: true }))

/** Fetches what lies under `key`, priced at `bytes`. */
async function fetchStored({
  key = KEY,
  bytes = BYTES.length,
  store = objects,
  signal = new AbortController().signal,
  into = '',
}) {
  const work = await mkdtemp(join(folder, 'work-'))
  const shares: number[] = []
  const source = sealSource(sourceKeys, `store://${key}`)
  const media = { bytes } as MediaFacts
  const fetched = await fetchSource(
    { sourceKeys, policy, objects: store },
    { source, media },
    { folder: join(work, into), signal, onShare: (share) => shares.push(share) },
  )
  return { fetched, shares, work, source }
}

test('an upload is copied out of the store, counted and hashed', async () => {
  const { fetched, shares, work, source } = await fetchStored({})
  expect(fetched).toEqual({
    path: join(work, 'source.bin'),
    bytes: BYTES.length,
    sha256: createHash('sha256').update(BYTES).digest('hex'),
    validator: undefined,
  })
  expect(await readFile(fetched.path)).toEqual(BYTES)
  expect(await readdir(work)).toEqual(['source.bin'])
  expect(shares.at(-1)).toBe(1)
  expect(source.host).toBe('uploads')
})

test('one that is gone, and one of another size than was priced', async () => {
  await expect(fetchStored({ key: 'uploads/gone.mp4' })).rejects.toMatchObject({
    code: 'SOURCE_UNAVAILABLE',
    key: 'source_unreachable',
  })
  for (const bytes of [BYTES.length - 1, BYTES.length + 1]) {
    await expect(fetchStored({ bytes })).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
  }
})

test('a store that fails, at once or on the way, is a fault of ours', async () => {
  const broken = (stream: () => Readable): ObjectStore => ({
    ...objects,
    open: async () => ({ size: BYTES.length, contentType: 'video/mp4', stream: stream() }),
  })
  const down = { ...objects, open: () => Promise.reject(new Error('ECONNREFUSED')) }
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET', syscall: 'read' })
  const cut = broken(() =>
    Readable.from(
      (async function* () {
        yield BYTES.subarray(0, 100)
        throw reset
      })(),
    ),
  )
  const short = broken(() => Readable.from([BYTES.subarray(0, 100)]))
  for (const store of [down, cut, short]) {
    await expect(fetchStored({ store })).rejects.toMatchObject({
      code: 'UPSCALER_UNAVAILABLE',
      key: 'store_unreachable',
    })
  }
})

test('a disk that cannot be written is not blamed on the store; a stop throws its reason', async () => {
  await expect(fetchStored({ into: 'missing' })).rejects.toMatchObject({ key: 'disk_unusable' })
  const reason = new Error('stopped')
  await expect(fetchStored({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})
