import type {
  AccountId,
  ChargeAnswer,
  ChargeKey,
  ChargeState,
  Finding,
  TaskId,
  TaskStatus,
} from '@upscale/types'

/** A page of a list that may be long; `after` is the `next` of the page before, absent at first. */
export interface Page {
  limit: number
  after?: string | undefined
}

export interface Paged<Item> {
  items: Item[]
  /** null: that was the last page. */
  next: string | null
}

/** Epoch ms, from inclusive, to exclusive. */
export interface TimeRange {
  fromMs: number
  toMs: number
}

/** One generation of a task, as the ledger has it. */
export interface ChargeFacts extends ChargeKey {
  accountId: AccountId
  state: ChargeState
}

/** What billing does for the reconciler, on queue `billing`. */
export interface BooksActivities {
  /** Balances against entries, of the accounts with new entries since their last proof. */
  proveBooks(): Promise<Finding[]>
  /** Every account, every task and the sum of all postings: slow. */
  auditBooks(): Promise<Finding[]>
  /** Charges that are open and older than this, oldest first. */
  listOpenCharges(page: Page & { olderThanMs: number }): Promise<Paged<ChargeFacts>>
  /** Charges that were settled in the time range and still are. */
  listSettledCharges(page: Page & TimeRange): Promise<Paged<ChargeFacts>>
  /**
   * Of these delivered tasks, those that nobody paid for and nobody decided about: nothing settled, waived or
   * given back by an operator, no credits taken by an adjustment, no finding accepted.
   */
  findUnpaid(taskIds: TaskId[]): Promise<TaskId[]>
  /** Every generation of these tasks; nothing for one that was never charged. */
  readCharges(taskIds: TaskId[]): Promise<ChargeFacts[]>
  /** Gives a settled charge back, whole; moves nothing in any other state. */
  reverse(input: ChargeKey & { reason: string }): Promise<ChargeAnswer>
  /** What stands from the passes before. */
  readFindings(): Promise<Finding[]>
  /**
   * Replaces what stood at `sinceMs`, when this pass began; that of `audit` only where it audited. The pass
   * is over.
   */
  reportFindings(input: { findings: Finding[]; audited: boolean; sinceMs: number }): Promise<void>
}

/** A task as Temporal and the read model have it. */
export interface JobState {
  taskId: TaskId
  /** null: the gateway has no order of this task. */
  accountId: AccountId | null
  run: { state: 'running' } | { state: 'closed'; closedAtMs: number } | { state: 'unknown' }
  /** null: no row. */
  status: TaskStatus | null
}

/** What the gateway does for the reconciler, on queue `gateway`. */
export interface JobsActivities {
  readJobs(taskIds: TaskId[]): Promise<JobState[]>
  /** Of these tasks, those whose row is neither completed nor canceled; Temporal is asked for these alone. */
  readUndelivered(taskIds: TaskId[]): Promise<JobState[]>
  /** Tasks whose row has not ended and is older than this, oldest first. */
  listOpenJobs(page: Page & { olderThanMs: number }): Promise<Paged<JobState>>
  /** Tasks that were delivered in the time range. */
  listDelivered(page: Page & TimeRange): Promise<Paged<TaskId>>
}

/** Input of `reconcileBilling`; the schedule fills it in. */
export interface ReconcileInput {
  /** Charges and rows younger than this are left to their job. */
  openAfterMs: number
  /** How long a workflow has to be closed before its leftovers are taken for leftovers. */
  closedForMs: number
  /** How long a settled charge may wait for its delivery: an operator can still reset the job. */
  undeliveredAfterMs: number
  /** How far back settled charges and deliveries are compared, from the moment on when they are due. */
  windowMs: number
  /** Look at every account and every task, too. */
  audit: boolean
  /** An operator's word that open charges without a workflow are lost jobs, however many. */
  confirmLost?: boolean | undefined
}

/** Result of one pass, written to be read by people; the first hundred of each. */
export interface ReconcileReport {
  openCharges: number
  refunded: TaskId[]
  reversed: TaskId[]
  endedTasks: TaskId[]
  findings: Finding[]
}
