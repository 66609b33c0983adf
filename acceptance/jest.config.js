import base from '@upscale/testing/jest'

export default {
  ...base,
  globalSetup: './stack-setup.js',
  globalTeardown: './stack-teardown.js',
  maxWorkers: 1, // one stack, and tests that kill its parts
  testTimeout: 300_000,
}
