/** A failure as Temporal stores it; only the parts that are shown. */
export interface StoredFailure {
  message?: string | null
  cause?: StoredFailure | null
  applicationFailureInfo?: { type?: string | null } | null
  timeoutFailureInfo?: { timeoutType?: unknown } | null
  activityFailureInfo?: object | null
}

// temporal.api.enums.v1.TimeoutType
const TIMEOUTS: Readonly<Record<number, string>> = {
  1: 'it ran too long',
  2: 'no worker took it in time',
  3: 'the time for all its attempts ran out',
  4: 'its heartbeat stopped',
}

/** What went wrong, in one line: code and message. Reads no payload, so it never fails itself. */
export function failureText(failure: StoredFailure | null | undefined): string {
  if (!failure) return 'no reason given'
  const { cause, message, applicationFailureInfo, timeoutFailureInfo } = failure
  if (failure.activityFailureInfo && cause) return failureText(cause)
  if (timeoutFailureInfo) return TIMEOUTS[Number(timeoutFailureInfo.timeoutType)] ?? 'it timed out'
  const type = applicationFailureInfo?.type ?? ''
  const text = message || 'no message'
  return text.startsWith(type) ? text : `${type}: ${text}`
}
