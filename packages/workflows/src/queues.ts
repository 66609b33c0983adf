/** Task queues, named for whom they reach. */
export const QUEUES = {
  orchestrator: 'orchestrator',
  billing: 'billing',
  mediaProbe: 'media-probe',
  upscale: 'upscale',
  gateway: 'gateway',
} as const
