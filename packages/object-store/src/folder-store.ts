import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { counted } from './counted.ts'
import { checkKey, checkNewKey, contentTypeOf } from './object-key.ts'
import type { ObjectFacts, ObjectStore } from './object-store.ts'

const LEFT_BEHIND_MS = 86_400_000 // no put takes a day: its process died

/** Objects as files under `root`. */
export function createFolderStore(root: string): ObjectStore {
  const incoming = join(root, '.incoming')
  const pathOf = (key: string) => join(root, checkKey(key))

  async function factsOf(key: string): Promise<ObjectFacts | undefined> {
    const file = await stat(pathOf(key)).catch(undefinedIfMissing)
    return file?.isFile() ? { size: file.size, contentType: contentTypeOf(key) } : undefined
  }

  return {
    async put(key, path, { contentType, signal, onProgress }) {
      const target = join(root, checkNewKey(key, contentType))
      const part = join(incoming, randomUUID())
      await mkdir(incoming, { recursive: true })
      await sweep(incoming)
      try {
        const copy = createWriteStream(part, { flush: true })
        await pipeline(createReadStream(path), counted(onProgress), copy, { signal })
        await mkdir(dirname(target), { recursive: true })
        await rename(part, target)
        await syncFolder(dirname(target))
      } catch (error) {
        await rm(part, { force: true })
        signal?.throwIfAborted()
        throw error
      }
    },
    async open(key, range) {
      const file = await open(pathOf(key)).catch(undefinedIfMissing)
      if (!file) return undefined
      const { size } = await file.stat() // of the file that is read, whatever replaces it meanwhile
      return { size, contentType: contentTypeOf(key), stream: file.createReadStream(range) }
    },
    stat: factsOf,
    delete: async (key) => await rm(pathOf(key), { force: true }),
    deleteFolder: async (folder) => await rm(pathOf(folder), { force: true, recursive: true }),
  }
}

async function sweep(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name)
    const file = await stat(path).catch(undefinedIfMissing)
    if (file && Date.now() - file.mtimeMs > LEFT_BEHIND_MS) await rm(path, { force: true })
  }
}

/** A rename survives a power cut once its folder is on disk too. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path)
  await folder.sync()
}

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}
