export { default } from '@upscale/testing/jest'
