export { upscaleVideo } from './upscale-video.ts'
export { reconcileBilling } from './reconcile/reconcile-billing.ts'
