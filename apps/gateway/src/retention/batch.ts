/** What one step of a removal did. */
export interface Batch {
  removed: number
  /** Those that the object store did not let go. */
  kept: number
  /** Where the following batch begins; undefined: that was all, or nothing more can be done now. */
  next: string | undefined
}
