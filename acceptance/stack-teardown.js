export default async function tearDown() {
  await globalThis.upscaleStack.stop()
}
