import { stoppable } from '@upscale/runtime/worker'
import type { ProbeActivities } from '@upscale/workflows/activities'
import type { MediaProbeContext } from './context.ts'
import { probeVideo } from './probe-video.ts'

export const createActivities = (ctx: MediaProbeContext) =>
  ({
    probeVideo: (input) => stoppable((signal) => probeVideo(ctx, input, signal)),
  }) satisfies ProbeActivities
