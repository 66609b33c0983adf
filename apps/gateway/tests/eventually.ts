import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 20_000

/** The first answer that will do. Throws the last one where none came in 20 s. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isDone: (answer: T) => boolean,
): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(50)) {
    const answer = await ask()
    if (isDone(answer)) return answer
    if (Date.now() > end) throw new Error(`Still ${JSON.stringify(answer)}`)
  }
}
