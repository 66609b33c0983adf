import type { BooksCheck } from '@upscale/types'

/** Something that the reconciler found wrong and nobody has mended yet. */
export interface FindingTable {
  checkName: BooksCheck
  subject: string
  problem: string
  firstSeen: Date
}
