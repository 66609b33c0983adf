import { z } from 'zod'
import { isStorable } from './is-storable.ts'

export const METADATA_LIMITS = { keys: 20, keyLength: 40, valueLength: 500 } as const
const UNSAFE_KEYS = ['__proto__', 'constructor', 'prototype']

/** Checked by hand: a schema would drop a key called `__proto__`, and metadata goes back untouched. */
export const Metadata = z.custom<Record<string, string>>(isMetadata).meta({
  description:
    `Up to ${METADATA_LIMITS.keys} texts of yours, returned untouched: keys of at most ` +
    `${METADATA_LIMITS.keyLength} characters, values of at most ${METADATA_LIMITS.valueLength}; ` +
    `${UNSAFE_KEYS.map((key) => `\`${key}\``).join(', ')} are no keys`,
  override: {
    type: 'object',
    maxProperties: METADATA_LIMITS.keys,
    propertyNames: { maxLength: METADATA_LIMITS.keyLength },
    additionalProperties: { type: 'string', maxLength: METADATA_LIMITS.valueLength },
  },
})

function isMetadata(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const entries = Object.entries(value)
  return (
    entries.length <= METADATA_LIMITS.keys && entries.every(([key, text]) => isEntry(key, text))
  )
}

const isEntry = (key: string, text: unknown): boolean =>
  typeof text === 'string' &&
  key.length <= METADATA_LIMITS.keyLength &&
  text.length <= METADATA_LIMITS.valueLength &&
  !UNSAFE_KEYS.includes(key) &&
  [key, text].every(isStorable)
