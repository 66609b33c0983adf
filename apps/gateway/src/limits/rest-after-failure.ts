/** Asks no more for a while after a failure: until then everybody gets that failure at once. */
export function restAfterFailure<Args extends unknown[], Answer>(
  restMs: number,
  ask: (...args: Args) => Promise<Answer>,
  now: () => number = () => performance.now(),
): (...args: Args) => Promise<Answer> {
  let failed: { error: unknown; untilMs: number } | undefined
  return async (...args) => {
    if (failed && now() < failed.untilMs) throw failed.error
    try {
      return await ask(...args)
    } catch (error) {
      failed = { error, untilMs: now() + restMs }
      throw error
    }
  }
}
