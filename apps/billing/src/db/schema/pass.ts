/** One row: the reconciler's passes. */
export interface PassTable {
  /** When the last one ended; null: none has. */
  endedAt: Date | null
}
