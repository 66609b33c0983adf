import { createLogger } from '@upscale/runtime'

export const gatewayLogger = (level: string) => createLogger('gateway', level)
export const workerLogger = (level: string) => createLogger('gateway-worker', level)
