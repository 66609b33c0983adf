import { randomFillSync } from 'node:crypto'

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const FAIR_BYTES = 248 // 4 × 62: bytes above it would make the first letters likelier

/** Bytes drawn ahead: each request needs some, and asking the system each time is dear. */
const pool = Buffer.alloc(4_096)
let next = pool.length

/** Letters and digits from the system's random source, each as likely as any other. */
export function randomBase62(length: number): string {
  let text = ''
  while (text.length < length) {
    const byte = nextByte()
    if (byte < FAIR_BYTES) text += BASE62[byte % 62]
  }
  return text
}

function nextByte(): number {
  if (next === pool.length) {
    randomFillSync(pool)
    next = 0
  }
  const byte = pool[next] ?? FAIR_BYTES
  pool[next] = 0 // what was given out does not stay here
  next += 1
  return byte
}
