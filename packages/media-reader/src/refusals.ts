import { AppError, probeFailed, unsupportedVideo } from '@upscale/types'

/** The headers contradict themselves or end early: nothing that a retry would mend. */
export const damaged = (cause?: unknown): AppError =>
  probeFailed('source_not_video', 'the headers of the file are damaged. Export it again', cause)

/** Whether a read met damage, and not a source that failed. */
export const isDamage = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof AppError && error.key === 'source_not_video')

export const truncated = (): AppError =>
  probeFailed('source_truncated', 'the file ends too early. Upload it again in full')

export const noDuration = (why: string): AppError =>
  probeFailed('no_duration', `${why}. Export it again as MP4, MOV or MKV`)

export const encrypted = (): AppError =>
  unsupportedVideo('video_encrypted', 'The video is encrypted. Use a copy without protection')

export const noPicture = (): AppError =>
  unsupportedVideo('no_video_stream', 'The file has no video track. Use one with moving pictures')

export const tooManyTracks = (): AppError =>
  unsupportedVideo('too_many_streams', 'The file has more than 32 tracks. Remove some of them')

export const oddGeometry = (): AppError =>
  unsupportedVideo(
    'video_geometry_invalid',
    'The size or orientation that the file gives its picture is invalid. Export it again upright',
  )

export const wholeSizeUnknown = (): AppError =>
  probeFailed('range_not_supported', 'neither the server nor the file says how long the file is')

export const inconsistent = (): AppError =>
  unsupportedVideo(
    'media_inconsistent',
    'The picture of the video is longer than its header says. Export it again',
  )
