import type {
  AccountId,
  ChargeAnswer,
  ChargeKey,
  DebitAnswer,
  DebitInput,
  MagicName,
  MediaFacts,
  RefundInput,
  SealedSource,
  TaskChange,
  TaskId,
  UpscaleFactor,
  UpscaleOutput,
} from '@upscale/types'

export { QUEUES } from './queues.ts'
export { ADMIT_DEADLINE_MS } from './timeouts.ts'
export { ERROR_CODE, STAGE, ACCOUNT, SEARCH_ATTRIBUTES } from './search-attributes.ts'
export { applicationFailureOf } from './failures.ts'
export {
  AUDIT_INPUT,
  AUDIT_SCHEDULE,
  CONFIRMED_WINDOW_MS,
  RECONCILE_INPUT,
  RECONCILE_SCHEDULE,
} from './reconcile/schedules.ts'
export type {
  BooksActivities,
  ChargeFacts,
  JobState,
  JobsActivities,
  Page,
  Paged,
  ReconcileInput,
  ReconcileReport,
  TimeRange,
} from './reconcile/activities.ts'

export type {
  AfterFailure,
  AttemptInput,
  AttemptResult,
  WebhookActivities,
  WebhookJob,
  WebhookReport,
} from './deliver-webhook-activities.ts'

export { EXPIRING_PARTS, REMOVE_EXPIRED_SCHEDULE } from './remove-expired-activities.ts'
export type {
  ExpiringPart,
  RemovedPart,
  RetentionActivities,
  RetentionReport,
} from './remove-expired-activities.ts'

export interface ProbeInput {
  /** Of the job, or of the quote that asks. */
  taskId: string
  source: SealedSource
  factor: UpscaleFactor
  /** Absent: live. */
  livemode?: boolean | undefined
}

export interface ProbeActivities {
  probeVideo(input: ProbeInput): Promise<MediaFacts>
}

export interface BillingActivities {
  debit(input: DebitInput): Promise<DebitAnswer>
  refund(input: RefundInput): Promise<ChargeAnswer>
  settle(input: ChargeKey): Promise<ChargeAnswer>
}

export interface UpscaleInput {
  taskId: TaskId
  factor: UpscaleFactor
  source: SealedSource
  media: MediaFacts
  /** 1, and one more each time an operator sends `retry`. */
  round: number
  /** Absent: live. */
  livemode?: boolean | undefined
  /** A test job whose source names an outcome. */
  magic?: MagicName | undefined
}

export interface UpscaleActivities {
  upscale(input: UpscaleInput): Promise<UpscaleOutput>
}

export type RecordTaskInput = TaskChange & {
  taskId: TaskId
  accountId: AccountId
  /** Workflow time, epoch ms: a change never yields to an earlier one. */
  at: number
}

export interface GatewayActivities {
  recordTask(input: RecordTaskInput): Promise<void>
}
