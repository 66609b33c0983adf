import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SealedSource } from '@upscale/types'
import { ConfigError } from './env.ts'

/** Keys by id; the first one seals, all of them open. */
export type KeyRing = ReadonlyMap<string, Buffer>

const IV_BYTES = 12
const TAG_BYTES = 16

/** Reads `id:base64-of-32-bytes[,…]`; `name` is the variable that it came from. */
export function readKeyRing(text: string, name = 'SOURCE_KEYS'): KeyRing {
  const keys = text.split(',').map((entry): [string, Buffer] => {
    const [id = '', key = ''] = entry.trim().split(':')
    const bytes = Buffer.from(key, 'base64')
    if (!/^[A-Za-z0-9]+$/.test(id) || bytes.length !== 32) {
      throw new ConfigError(`${name} must be id:base64-of-32-bytes, comma-separated`)
    }
    return [id, bytes]
  })
  return new Map(keys)
}

/** The text as it may be stored: AES-256-GCM, with the id of its key. */
export function sealText(ring: KeyRing, text: string): string {
  const [entry] = ring
  if (!entry) throw new ConfigError('The key ring is empty')
  const [id, key] = entry
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${id}.${Buffer.concat([iv, body]).toString('base64url')}`
}

/** The text again. Throws where the key is unknown or the sealed text was changed. */
export function openText(ring: KeyRing, sealed: string): string {
  const [id = '', text = ''] = sealed.split('.')
  const key = ring.get(id)
  if (!key) throw new Error(`No key "${id}" in the key ring`)
  const bytes = Buffer.from(text, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  return (
    decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') +
    decipher.final('utf8')
  )
}

/** The URL as it may stand in a workflow's history: the host alone in clear. */
export const sealSource = (ring: KeyRing, url: string): SealedSource => ({
  host: new URL(url).host,
  sealed: sealText(ring, url),
})

/** The URL again. Throws as `openText` does. */
export const openSource = (ring: KeyRing, { sealed }: SealedSource): string =>
  openText(ring, sealed)
