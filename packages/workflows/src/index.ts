export { upscaleVideo } from './upscale-video.ts'
export { reconcileBilling } from './reconcile-billing.ts'
