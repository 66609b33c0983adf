import type { MediaFacts, UpscaleOutput } from '@upscale/types'

/** What the probe says of an 8.5 s clip. */
export const media: MediaFacts = {
  container: 'mp4',
  bytes: 6_291_456,
  durationMs: 8_500,
  durationFrom: 'header',
  layout: 'faststart',
  video: {
    codec: 'h264',
    width: 1280,
    height: 720,
    codedWidth: 1280,
    codedHeight: 720,
    rotation: 0,
    sar: [1, 1],
    fps: 30,
    frames: 255,
    framesExact: true,
    vfr: false,
    transfer: 'sdr',
    dolbyVision: false,
  },
  audio: [{ codec: 'aac' }],
  otherTracks: 0,
}

/** What its debit answers. */
export const price = {
  creditsUsed: 144,
  creditsRemaining: 856,
  creditsPerSecond: 16,
  debitId: `txn_${'1'.repeat(24)}`,
}

export const upscaleOutput: UpscaleOutput = {
  outputKey: 'results/AbCdEfGhIjKlMnOpQrStUvWxYz012345/upscaled.mp4',
  output: {
    width: 2560,
    height: 1440,
    fps: 30,
    codec: 'h264',
    container: 'mp4',
    durationMs: 8_500,
    bytes: 20_971_520,
    sha256: 'a'.repeat(64),
  },
  timings: { fetchMs: 900, prepareMs: 2_100, upscaleMs: 84_000, finalizeMs: 3_100 },
  startedAt: Date.UTC(2026, 1, 14, 12, 0, 1),
  attempt: 1,
}
