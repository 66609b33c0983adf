import { statfs } from 'node:fs/promises'

/** Bytes that an ordinary user may still write on the disk of `path`. */
export async function freeBytesAt(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path)
  return bavail * bsize
}
