export { openObjectStore } from './open-object-store.ts'
export type {
  ByteRange,
  ObjectFacts,
  ObjectStore,
  OpenedObject,
  PutOptions,
} from './object-store.ts'
