import { fileURLToPath } from 'node:url'
import { envListen, envText } from '@upscale/runtime'
import type { Env } from '@upscale/runtime'

export type OrchestratorConfig = ReturnType<typeof readConfig>

export const readConfig = (env: Env) => ({
  temporal: {
    address: envText(env, 'TEMPORAL_ADDRESS'),
    namespace: envText(env, 'TEMPORAL_NAMESPACE', 'default'),
  },
  internal: envListen(env, 'ORCHESTRATOR_INTERNAL_PORT'),
  bundlePath: fileURLToPath(import.meta.resolve('@upscale/workflows/bundle')),
  logLevel: envText(env, 'LOG_LEVEL', 'info'),
})
