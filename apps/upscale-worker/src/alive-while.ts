const EVERY_MS = 1_000 // a cancel is heard with a heartbeat

/** Does work that tells nothing of itself and ends by a clock of its own; meanwhile `beat` says that it lives. */
export async function aliveWhile<T>(beat: () => void, work: () => Promise<T>): Promise<T> {
  const beating = setInterval(beat, EVERY_MS)
  try {
    return await work()
  } finally {
    clearInterval(beating)
  }
}
