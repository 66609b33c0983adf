import { createLogger } from '@upscale/runtime'
import type { Logger } from '@upscale/runtime'

/** Named once: every line says that it is the upscale worker's. */
export const createUpscaleLogger = (level: string): Logger => createLogger('upscale-worker', level)
