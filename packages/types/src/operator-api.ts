import type { PlanId } from './billing-api.ts'
import type { AccountId, CustomerId, RequestId, TaskId } from './ids.ts'
import type { TaskStage, TaskStatus } from './job.ts'
import type { UpscaleFactor } from './limits.ts'

/**
 * The operators' API on the gateway's internal port: bearer secret, JSON without an envelope; a refusal has
 * the envelope of the public API. Accounts, grants and rates are billing's, passed on under
 * `/internal/billing/…` with the paths of its own API. Each request that changes something takes
 * `dryRun: true`: the same checks, nothing moves, nothing is noted.
 */

/** Whoever changes something says who and why; both stand in the audit table for ever. */
export interface Because {
  reason: string
  actor: string
}

/** Answer to a dry run of anything but a job's action. */
export interface DryRunView {
  dryRun: true
  /** One sentence: what would be done. */
  outcome: string
}

export const JOB_ACTIONS = ['retry', 'refund', 'rerun', 'cancel', 'reverse'] as const
export type JobAction = (typeof JOB_ACTIONS)[number]

/** `POST /internal/tasks/:taskId/<action>` */
export interface JobActionRequest extends Because {
  /** Says what would happen; nothing moves. */
  dryRun?: boolean | undefined
}

export interface JobActionView {
  action: JobAction
  taskId: TaskId
  dryRun: boolean
  /** One sentence: what was done, or would be. */
  outcome: string
}

/** `GET /internal/tasks?find&cursor&limit`: by task, workflow, request or account id; newest first. */
export interface FoundTaskList {
  items: FoundTask[]
  nextCursor: string | null
}

export interface FoundTask {
  taskId: TaskId
  accountId: AccountId
  requestId: RequestId
  factor: UpscaleFactor
  /** null: never admitted; the workflow says why. */
  status: TaskStatus | null
  stage: TaskStage | null
  parkedAt: string | null
  creditsUsed: number | null
  createdAt: string
}

/** `GET /internal/tasks/:taskId/timeline` */
export interface Timeline {
  task: FoundTask
  /** Oldest first. */
  events: TimelineEvent[]
  /** What can be done now, in words. */
  next: string
}

export interface TimelineEvent {
  /** ISO 8601. */
  at: string
  source: 'api' | 'ledger' | 'workflow' | 'operator'
  what: string
  /** A person or a service, where it is known. */
  who?: string | undefined
}

/** `GET /internal/audit?target&cursor&limit`, newest first. */
export interface AuditList {
  items: AuditEntry[]
  nextCursor: string | null
}

export interface AuditEntry extends Because {
  id: string
  at: string
  /** `retry`, `grant`, `revoke key` and the like. */
  action: string
  /** Task, account, key or rate. */
  target: string
  /** The request that asked for it; null: older than this column. */
  requestId: RequestId | null
  /** `begun`: nobody heard how it ended; `failed`: nothing can have moved. */
  outcome: 'begun' | 'done' | 'refused' | 'failed'
  detail: string | null
}

/** `POST /internal/keys` */
export interface CreateKeyRequest extends Because {
  customerId: CustomerId
  name: string
  livemode: boolean
}

/** `POST /internal/keys`, `POST /internal/keys/:id/rotate` answer with it; the text is shown this once. */
export interface NewKeyView {
  id: string
  key: string
}

/** A month: a key that nobody replaces by then is in nobody's use. */
export const GRACE_MAX_HOURS = 720

/** `POST /internal/keys/:id/rotate`: a new key; the old one opens for a while yet. */
export interface RotateKeyRequest extends Because {
  graceHours: number
}

/** `GET /internal/keys?customerId&cursor&limit`, oldest first. */
export interface KeyList {
  items: KeyView[]
  nextCursor: string | null
}

export interface KeyView {
  id: string
  name: string
  shown: string
  livemode: boolean
  createdAt: string
  lastUsedAt: string | null
  expiresAt: string | null
  revokedAt: string | null
}

/** `POST /internal/accounts`: opens a customer; harmless when it exists on this plan, refused on another. */
export interface OpenAccountRequest extends Because {
  customerId: CustomerId
  plan: PlanId
}

/** `POST /internal/reconcile`: a pass now; answers with `BooksView`, as the pass left the books. */
export interface ReconcileRequest extends Because {
  /**
   * Also give back the many charges whose workflow is gone, and settled ones of the last 30 days without a
   * delivered task: see the finding `lost_jobs`.
   */
  confirmLost?: boolean | undefined
}

/** `GET /internal/doctor`: each part of the system as the gateway sees it. */
export interface DoctorView {
  checks: DoctorCheck[]
}

export interface DoctorCheck {
  part: string
  ok: boolean
  says: string
  /** What to do; null: nothing. */
  fix: string | null
}
