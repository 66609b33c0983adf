import type { UpscaleActivities } from '@upscale/workflows/activities'
import type { UpscaleContext } from './context.ts'
import { upscale } from './upscale.ts'

export const createActivities = (ctx: UpscaleContext) =>
  ({
    upscale: (input) => upscale(ctx, input),
  }) satisfies UpscaleActivities
