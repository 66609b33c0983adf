export { accountIdOf, isAccountId, isCustomerId, isTaskId, resultFolderOf } from './ids.ts'
export type { AccountId, CustomerId, RequestId, TaskId } from './ids.ts'
export {
  H264_MAX_SIDE_PX,
  MAX_DURATION_MS,
  MAX_FPS,
  MAX_FRAMES,
  MAX_OUTPUT_SIDE_PX,
  MAX_SOURCE_BYTES,
  MAGIC_ORIGIN,
  MAX_UPLOAD_BYTES,
  MAX_URL_LENGTH,
  MODEL,
  UPLOAD_TYPES,
  UPSCALE_FACTORS,
  isUpscaleFactor,
  outputCodecOf,
  outputSizeOf,
} from './limits.ts'
export type { FrameSize, UpscaleFactor } from './limits.ts'
export { billedSeconds, toCredits } from './credits.ts'
export {
  AppError,
  ERRORS,
  INTERNAL_FAILURES,
  PUBLIC_CODES,
  TASK_CODES,
  insufficientCredits,
  internalError,
  isErrorCode,
  isPublicCode,
  isRetryable,
  probeFailed,
  quoteExpired,
  secondsText,
  sourceChanged,
  sourceTooLarge,
  taskErrorOf,
  unsupportedVideo,
  videoTooLong,
} from './errors.ts'
export type {
  AppErrorOptions,
  ErrorCode,
  ErrorSpec,
  FetchKey,
  InternalFailure,
  MediaKey,
  PublicErrorCode,
  TaskError,
} from './errors.ts'
export { MAGIC_VIDEOS, isMagicUrl, magicNameOf, noMagicVideo } from './magic.ts'
export type { MagicName, MagicUpscale, MagicVideo } from './magic.ts'
export { AUDIO_CODECS, VIDEO_CODECS } from './media.ts'
export type { Container, MediaFacts, OutputFacts, VideoFacts } from './media.ts'
export { TASK_STAGES } from './job.ts'
export type {
  Admission,
  CancelAnswer,
  OperatorNote,
  Outcome,
  Price,
  QuoteJob,
  QuoteOutcome,
  SealedSource,
  TaskChange,
  TaskStage,
  TaskStatus,
  UpscaleJob,
  UpscaleOutput,
  UpscaleProgress,
  UpscaleRetry,
} from './job.ts'
export type {
  ChargeAnswer,
  ChargeKey,
  ChargeState,
  DebitAnswer,
  DebitInput,
  RefundInput,
} from './ledger.ts'
export { GRANT_PURPOSES, PLAN_IDS } from './billing-api.ts'
export type {
  AcceptRequest,
  AccountList,
  AccountView,
  AdjustRequest,
  BillingRefusal,
  BooksView,
  ChangePlanRequest,
  ChargeView,
  GrantPurpose,
  GrantRequest,
  GrantView,
  LedgerLine,
  OpenCustomerRequest,
  PlanId,
  PostingView,
  RateView,
  RatesView,
  RefillRequest,
  RefillView,
  ReverseRequest,
  ReverseView,
  TaskBooks,
  Transaction,
  TransactionList,
} from './billing-api.ts'
export { GRACE_MAX_HOURS, JOB_ACTIONS } from './operator-api.ts'
export type {
  AuditEntry,
  AuditList,
  Because,
  CreateKeyRequest,
  DoctorCheck,
  DoctorView,
  DryRunView,
  FoundTask,
  FoundTaskList,
  JobAction,
  JobActionRequest,
  JobActionView,
  KeyList,
  KeyView,
  NewKeyView,
  OpenAccountRequest,
  ReconcileRequest,
  RotateKeyRequest,
  Timeline,
  TimelineEvent,
} from './operator-api.ts'
export { BOOKS_CHECKS } from './reconcile.ts'
export type { BooksCheck, Finding } from './reconcile.ts'
export { StartError } from './start-error.ts'
export { unreachable } from './unreachable.ts'
