/** Runs what is asked for one key one after the other, in order; other keys do not wait for it. */
export function oneAtATime(): <Answer>(
  key: string,
  work: () => Promise<Answer>,
) => Promise<Answer> {
  const last = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    last.set(key, mine)
    try {
      return await mine
    } finally {
      if (last.get(key) === mine) last.delete(key)
    }
  }
}
