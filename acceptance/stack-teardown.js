import { rm } from 'node:fs/promises'

export default async function tearDown() {
  const { stop, state } = globalThis.upscaleStack
  await stop()
  await rm(state, { recursive: true, force: true })
}
