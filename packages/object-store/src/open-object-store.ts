import { fileURLToPath } from 'node:url'
import { createFolderStore } from './folder-store.ts'
import type { ObjectStore } from './object-store.ts'
import { createS3Store } from './s3-store.ts'

/** The store that a setting names: `file:///folder` or `s3://bucket?region=…[&endpoint=…]`. */
export function openObjectStore(text: string): ObjectStore {
  const url = URL.parse(text)
  switch (url?.protocol) {
    case 'file:':
      return createFolderStore(fileURLToPath(url))
    case 's3:':
      return createS3Store({
        bucket: url.hostname,
        region: url.searchParams.get('region') ?? 'us-east-1',
        endpoint: url.searchParams.get('endpoint') ?? undefined,
      })
    default:
      throw new TypeError('OBJECT_STORE must be file:///folder or s3://bucket?region=…')
  }
}
