interface KeepOptions {
  /** An answer that is used this short before its end is asked for anew, while the old one is given. */
  renewMs?: number
  max?: number
  now?: () => number
}

interface Kept<Answer> {
  until: number
  answer: Promise<Answer | undefined>
  /** Once it is there, and not asked for anew yet. */
  mayRenew: boolean
}

/**
 * Remembers an answer for a while; callers at the same moment share one question. A failure and
 * `undefined` are not kept: what is missing now may exist a moment later. Of what else is given with a key
 * nothing is remembered.
 */
export function keepAnswers<Answer, Given extends unknown[] = []>(
  keptMs: number,
  ask: (key: string, ...given: Given) => Promise<Answer | undefined>,
  { renewMs = 0, max = 10_000, now = Date.now }: KeepOptions = {},
): (key: string, ...given: Given) => Promise<Answer | undefined> {
  const kept = new Map<string, Kept<Answer>>()

  const keep = (key: string, entry: Kept<Answer>) => {
    kept.delete(key) // so that the newest stands last
    kept.set(key, entry)
    const [oldest] = kept.keys()
    if (kept.size > max && oldest !== undefined) kept.delete(oldest)
  }
  const asked = (key: string, given: Given): Kept<Answer> => {
    const entry = { until: now() + keptMs, answer: ask(key, ...given), mayRenew: false }
    const forget = () => void (kept.get(key) === entry && kept.delete(key))
    const settle = (value: Answer | undefined) =>
      value === undefined ? forget() : (entry.mayRenew = true)
    entry.answer.then(settle, forget)
    return entry
  }
  const renew = (key: string, given: Given, known: Kept<Answer>) => {
    known.mayRenew = false
    const entry = asked(key, given)
    const replace = (value: Answer | undefined) => {
      if (kept.get(key) !== known) return
      if (value === undefined) kept.delete(key)
      else keep(key, entry)
    }
    entry.answer.then(replace, () => undefined) // the old one holds until its end
  }
  return (key, ...given) => {
    const known = kept.get(key)
    const leftMs = known ? known.until - now() : 0
    if (known && leftMs > 0) {
      if (leftMs <= renewMs && known.mayRenew) renew(key, given, known)
      return known.answer
    }
    const entry = asked(key, given)
    keep(key, entry)
    return entry.answer
  }
}
