import { AppError, MAX_UPLOAD_BYTES } from '@upscale/types'

const MB = 1_048_576

/** `bytes`: what was announced, or what has come so far. */
export const fileTooLarge = (bytes: number, param?: string): AppError =>
  new AppError(
    'FILE_TOO_LARGE',
    `File is ${megabytes(bytes)} MB; max for video is ${MAX_UPLOAD_BYTES / MB} MB`,
    { param },
  )

/** Rounded up: one byte too many must not read as exactly the limit. */
const megabytes = (bytes: number): string => (Math.ceil((bytes / MB) * 10) / 10).toFixed(1)
