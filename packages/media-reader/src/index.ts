export { readMedia } from './read-media.ts'
export type { ByteSource } from './byte-source.ts'
