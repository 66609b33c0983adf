import { createLogger } from '@upscale/runtime'
import type { Logger } from '@upscale/runtime'

/** Named once: every line says that it is the probe's. */
export const createProbeLogger = (level: string): Logger => createLogger('media-probe', level)
