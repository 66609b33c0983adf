import { createLogger } from '@upscale/runtime'
import type { Logger } from '@upscale/runtime'

/** Named once: every line says that it is billing's. */
export const createBillingLogger = (level: string): Logger => createLogger('billing', level)
