/** Whether a failure of the system has this code. By its shape: another realm's `Error` is not ours. */
export const hasCode = (error: unknown, code: string | number): boolean =>
  typeof error === 'object' &&
  error !== null &&
  (('code' in error && error.code === code) || ('errcode' in error && error.errcode === code))
