/** One whole stack for all test files. */
export default async function setUp() {
  const { startSharedStack } = await import('./src/start-shared-stack.ts')
  // Few enough that a test can have them all.
  globalThis.upscaleStack = await startSharedStack({ OPEN_TASKS_MAX: '20' })
}
