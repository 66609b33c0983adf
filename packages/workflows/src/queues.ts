/** Task queues, named for whom they reach. */
export const QUEUES = {
  orchestrator: 'orchestrator',
  billing: 'billing',
  mediaProbe: 'media-probe',
  upscale: 'upscale',
  upscaleMagic: 'upscale-magic',
  gateway: 'gateway',
} as const
