export { upscaleVideo } from './upscale-video.ts'
