// A segment never begins with a dot: no `..`, and a store's own folders are out of reach.
const KEY = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/
const MAX_KEY_LENGTH = 512

/** Throws a TypeError for a key that could mean another place. */
export function checkKey(key: string): string {
  if (key.length > MAX_KEY_LENGTH || !KEY.test(key)) throw new TypeError('Not an object key')
  return key
}

const CONTENT_TYPES: Record<string, string> = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
}

/** The type that a key's extension says. */
export const contentTypeOf = (key: string): string =>
  CONTENT_TYPES[/\.([a-z0-9]+)$/.exec(key)?.[1] ?? ''] ?? 'application/octet-stream'

/** Checks a key that is written to: its extension and the type given must agree. */
export function checkNewKey(key: string, contentType: string): string {
  if (contentTypeOf(checkKey(key)) !== contentType) {
    throw new TypeError(`A ${contentType} needs another key extension`)
  }
  return key
}
