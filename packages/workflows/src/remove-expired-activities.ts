/** Kinds of things that are kept for a time only, in the order in which a pass removes them. */
export const EXPIRING_PARTS = [
  'results',
  'uploads',
  'idempotency_keys',
  'task_events',
  'webhook_deliveries',
  'quotes',
  'rate_windows',
  'open_streams',
] as const
export type ExpiringPart = (typeof EXPIRING_PARTS)[number]

/** What one pass did with one part. */
export interface RemovedPart {
  removed: number
  /** Those that the object store did not let go: the next pass tries them again. */
  kept: number
  /** False: there was more than the pass had time for. */
  isDone: boolean
}

/** What the gateway does for the retention, on queue `gateway`. */
export interface RetentionActivities {
  /** Removes what is over of one part, in small batches with a heartbeat each. Safe to repeat and to race. */
  removeExpiredPart(part: ExpiringPart): Promise<RemovedPart>
}

/** Result of one pass, written to be read by people. */
export type RetentionReport = Partial<Record<ExpiringPart, RemovedPart>>

/** Id of the Temporal Schedule, and of the workflows that it starts (Temporal appends the time). */
export const REMOVE_EXPIRED_SCHEDULE = 'remove-expired'
