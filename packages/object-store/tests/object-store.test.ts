import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { objectKeyOf, objectUrlOf, openObjectStore } from '../src/index.ts'
import type { ObjectStore } from '../src/index.ts'
import { fakeS3 } from './fake-s3.ts'
import type { FakeS3 } from './fake-s3.ts'

const KEY = 'results/task_1/abc/upscaled.mp4'
const MP4 = { contentType: 'video/mp4' }
const bytes = randomBytes(200_000)

let folder: string
let file: string
let s3: FakeS3
const stores = {} as Record<'folder' | 's3', ObjectStore>

beforeAll(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'test'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test'
  folder = await mkdtemp(join(tmpdir(), 'objects-'))
  file = join(folder, 'file')
  await writeFile(file, bytes)
  s3 = await fakeS3()
  stores.folder = openObjectStore(pathToFileURL(join(folder, 'store')).href)
  stores.s3 = openObjectStore(`s3://bucket?region=eu-central-1&endpoint=${s3.endpoint}`)
})
afterAll(async () => {
  await s3[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

describe.each(['folder', 's3'] as const)('%s store', (name) => {
  const store = () => stores[name]
  const read = async (key: string, range?: { start: number; end: number }) => {
    const opened = await store().open(key, range)
    return opened && { ...opened, stream: await buffer(opened.stream) }
  }

  test('gives back what was put, in whole and in part', async () => {
    const seen: number[] = []
    await store().put(KEY, file, { ...MP4, onProgress: (count) => seen.push(count) })
    expect(seen.at(-1)).toBe(200_000)
    expect(await store().stat(KEY)).toEqual({ size: 200_000, contentType: 'video/mp4' })
    expect(await read(KEY)).toEqual({ size: 200_000, contentType: 'video/mp4', stream: bytes })
    expect(await read(KEY, { start: 10, end: 19 })).toEqual({
      size: 200_000,
      contentType: 'video/mp4',
      stream: bytes.subarray(10, 20),
    })
  })

  test('replaces an object', async () => {
    await writeFile(join(folder, 'other'), 'other')
    await store().put('a/b.mp4', file, MP4)
    await store().put('a/b.mp4', join(folder, 'other'), MP4)
    expect((await read('a/b.mp4'))?.stream.toString()).toBe('other')
  })

  test('knows no object that was never put or is deleted', async () => {
    await store().put('gone.mp4', file, MP4)
    await store().delete('gone.mp4')
    await store().delete('gone.mp4')
    for (const key of ['gone.mp4', 'never/was.mp4']) {
      expect(await store().open(key)).toBeUndefined()
      expect(await store().stat(key)).toBeUndefined()
    }
  })

  test('deletes a folder and nothing beside it', async () => {
    const inside = ['f/1/a.mp4', 'f/1/b.mp4', 'f/1/c/d.mp4']
    for (const key of [...inside, 'f/10/a.mp4']) await store().put(key, file, MP4)
    await store().deleteFolder('f/1')
    await store().deleteFolder('f/1')
    for (const key of inside) expect(await store().stat(key)).toBeUndefined()
    expect(await store().stat('f/10/a.mp4')).toMatchObject({ size: 200_000 })
    await expect(store().deleteFolder('..')).rejects.toThrow(TypeError)
    await expect(store().deleteFolder('')).rejects.toThrow(TypeError)
  })

  test('refuses keys that lead elsewhere and types that the key denies', async () => {
    await expect(store().put('../x.mp4', file, MP4)).rejects.toThrow(TypeError)
    await expect(store().open('../file')).rejects.toThrow(TypeError)
    await expect(store().put('x.mov', file, MP4)).rejects.toThrow(TypeError)
  })

  test('a put that fails or is stopped leaves nothing', async () => {
    const reason = new Error('stopped')
    const options = { ...MP4, signal: AbortSignal.abort(reason) }
    await expect(store().put('no.mp4', file, options)).rejects.toBe(reason)
    await expect(store().put('no.mp4', join(folder, 'nothing'), MP4)).rejects.toThrow('ENOENT')
    expect(await store().stat('no.mp4')).toBeUndefined()
  })
})

test('the folder store keeps no partial files', async () => {
  expect(await readdir(join(folder, 'store', '.incoming'))).toEqual([])
})

test('an object that is replaced while it is read stays whole', async () => {
  await writeFile(join(folder, 'short'), 'short')
  await stores.folder.put('replaced.mp4', file, MP4)
  const opened = await stores.folder.open('replaced.mp4')
  await stores.folder.put('replaced.mp4', join(folder, 'short'), MP4)
  expect(opened && (await buffer(opened.stream))).toEqual(bytes)
})

test('a sealed source names an object by a URL that only we write', () => {
  expect(objectUrlOf('uploads/a.mp4')).toBe('store://uploads/a.mp4')
  expect(objectKeyOf('store://uploads/a.mp4')).toBe('uploads/a.mp4')
  expect(objectKeyOf('https://store/uploads/a.mp4')).toBeUndefined()
})

test('a setting that names no store stops the start', () => {
  expect(() => openObjectStore('http://x')).toThrow('OBJECT_STORE must be')
})
