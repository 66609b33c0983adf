import { outputSizeOf } from '@upscale/types'
import type { UpscaleInput } from '@upscale/workflows/activities'
import type { UpscaleContext } from './context.ts'
import { maxResultBytes } from './plan-upscale.ts'
import { unavailable } from './tool-failures.ts'

/** Throws `disk_full` before anything is written: the source, the pieces and the result must all fit. */
export async function requireSpace(
  { freeBytes }: Pick<UpscaleContext, 'freeBytes'>,
  folder: string,
  { media, factor }: Pick<UpscaleInput, 'media' | 'factor'>,
): Promise<void> {
  const result = maxResultBytes(outputSizeOf(media.video, factor), media.video.frames)
  if ((await freeBytes(folder)) < media.bytes + 2 * result) throw unavailable('disk_full')
}
