import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openObjectStore } from '@upscale/object-store'
import type { ObjectStore } from '@upscale/object-store'
import { objectStoreCheck } from './doctor-object-store.ts'

const FIX = 'Mend OBJECT_STORE, or the rights on it'

test('a store that cannot delete is ill', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'doctor-store-'))
  await using parts = new AsyncDisposableStack()
  parts.defer(() => rm(folder, { recursive: true }))
  const store = openObjectStore(`file://${folder}`)
  expect(await objectStoreCheck(store).look()).toEqual([
    {
      part: 'object store',
      ok: true,
      says: 'can be written, read and deleted',
      fix: null,
    },
  ])
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  expect(files.filter((file) => file.isFile())).toEqual([])

  const keeping: ObjectStore = {
    put: (...given) => store.put(...given),
    open: (...given) => store.open(...given),
    stat: (...given) => store.stat(...given),
    delete: () => Promise.reject(new Error('AccessDenied')),
    deleteFolder: (...given) => store.deleteFolder(...given),
  }
  expect(await objectStoreCheck(keeping).look()).toEqual([
    { part: 'object store', ok: false, says: 'cannot delete: AccessDenied', fix: FIX },
  ])
})
