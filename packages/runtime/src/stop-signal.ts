import { once } from 'node:events'

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
export async function stopSignal(): Promise<NodeJS.Signals> {
  const signal = await Promise.race(
    (['SIGTERM', 'SIGINT'] as const).map(async (name) => {
      await once(process, name)
      return name
    }),
  )
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(1))
  return signal
}
