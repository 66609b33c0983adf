import { createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { ConfigError } from '@upscale/runtime'
import { BASE62, randomBase62 } from '../random-id.ts'

/** What keys are hashed with. */
export interface Pepper {
  id: string
  secret: string
}

/** The first one hashes new keys; the others still open old ones. */
export type Peppers = readonly [Pepper, ...Pepper[]]

const RANDOM_LENGTH = 30 // 178 bits: no slow hash is needed
const CHECK_LENGTH = 6
const KEY = /^sk-(?:test-)?[0-9A-Za-z]{36}$/

/** A new key: prefix, random part, checksum over both. */
export function newApiKey(livemode: boolean): string {
  const body = `${livemode ? 'sk-' : 'sk-test-'}${randomBase62(RANDOM_LENGTH)}`
  return body + checksumOf(body)
}

/** Whether the text can be a key of ours at all: a typo or a swapped prefix needs no database. */
export const isWellFormedKey = (text: string): boolean =>
  KEY.test(text) && checksumOf(text.slice(0, -CHECK_LENGTH)) === text.slice(-CHECK_LENGTH)

/** How a key is shown after its creation. */
export const shownKey = (key: string): string =>
  `${key.startsWith('sk-test-') ? 'sk-test-' : 'sk-'}…${key.slice(-4)}`

export const digestOf = (key: string, pepper: Pepper): Buffer =>
  createHmac('sha256', pepper.secret).update(key).digest()

/** Reads `secret`, or `id:secret[,id:secret]` while a pepper is being replaced. */
export function readPeppers(text: string): Peppers {
  const [first, ...others] = text.split(',').map((entry): Pepper => {
    const [, id = '1', secret = ''] = /^(?:([A-Za-z0-9]{1,16}):)?(.+)$/.exec(entry.trim()) ?? []
    if (secret.length < 16) {
      throw new ConfigError('API_KEY_PEPPER must hold at least 16 characters: secret or id:secret')
    }
    return { id, secret }
  })
  if (!first) throw new ConfigError('API_KEY_PEPPER is not set')
  return [first, ...others]
}

function checksumOf(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let place = 0; place < CHECK_LENGTH; place += 1) {
    text = (BASE62[rest % 62] ?? '') + text
    rest = Math.floor(rest / 62)
  }
  return text
}
