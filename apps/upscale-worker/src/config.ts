import { envInt, envListen, envSecret, envText, readKeyRing } from '@upscale/runtime'
import type { Env } from '@upscale/runtime'

export type UpscaleWorkerConfig = ReturnType<typeof readConfig>

export const readConfig = (env: Env) => ({
  temporal: {
    address: envText(env, 'TEMPORAL_ADDRESS'),
    namespace: envText(env, 'TEMPORAL_NAMESPACE', 'default'),
  },
  internal: envListen(env, 'UPSCALE_WORKER_INTERNAL_PORT'),
  slots: envInt(env, 'UPSCALE_SLOTS', 1), // one encoder fills the cores
  workFolder: envText(env, 'WORK_FOLDER'),
  objectStore: envText(env, 'OBJECT_STORE'),
  sourceKeys: readKeyRing(envSecret(env, 'SOURCE_KEYS')),
  tools: {
    ffmpegPath: env['FFMPEG_PATH'] || undefined,
    ffprobePath: env['FFPROBE_PATH'] || undefined,
    searchPath: envText(env, 'PATH', ''),
  },
  fetch: {
    allow: envText(env, 'SAFE_FETCH_ALLOW', ''),
    refuse: envText(env, 'SAFE_FETCH_REFUSE', ''),
    ownHosts: [new URL(envText(env, 'PUBLIC_URL')).hostname],
    production: env['NODE_ENV'] === 'production',
  },
  logLevel: envText(env, 'LOG_LEVEL', 'info'),
})
