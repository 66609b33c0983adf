import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { ObjectStore } from '@upscale/object-store'
import { healthy, ill, reasonOf } from './doctor-check.ts'
import type { Check } from './doctor-check.ts'
import { randomBase62 } from '../random-id.ts'

const FIX = 'Mend OBJECT_STORE, or the rights on it'

/** Writes a few bytes, reads them back and removes them. */
export const objectStoreCheck = (objects: ObjectStore): Check => ({
  part: 'object store',
  fix: FIX,
  look: async () => {
    const text = randomBase62(20)
    const key = `doctor/${text}`
    const folder = await mkdtemp(join(tmpdir(), 'upscale-doctor-'))
    try {
      const path = join(folder, 'text')
      await writeFile(path, text)
      await objects.put(key, path, { contentType: 'application/octet-stream' })
      const stored = await objects.open(key)
      const read = stored && (await buffer(stored.stream)).toString()
      if (read !== text) return [ill('object store', 'gives back other bytes than were put', FIX)]
      const kept = await objects.delete(key).then(() => undefined, reasonOf)
      if (kept !== undefined) return [ill('object store', `cannot delete: ${kept}`, FIX)]
      return [healthy('object store', 'can be written, read and deleted')]
    } finally {
      await objects.delete(key).catch(() => undefined) // harmless twice; what broke is said already
      await rm(folder, { recursive: true, force: true })
    }
  },
})
