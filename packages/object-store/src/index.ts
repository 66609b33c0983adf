export { openObjectStore } from './open-object-store.ts'
export { objectKeyOf, objectUrlOf } from './object-url.ts'
export type {
  ByteRange,
  ObjectFacts,
  ObjectStore,
  OpenedObject,
  PutOptions,
} from './object-store.ts'
