/** One whole stack for all test files. */
export default async function setUp() {
  const { startSharedStack } = await import('./src/start-shared-stack.ts')
  globalThis.upscaleStack = await startSharedStack()
}
