/**
 * Remembers an answer for a while; callers at the same moment share one question. A failure and
 * `undefined` are not kept: what is missing now may exist a moment later. Of what else is given with a key
 * nothing is remembered.
 */
export function keepAnswers<Answer, Given extends unknown[] = []>(
  keptMs: number,
  ask: (key: string, ...given: Given) => Promise<Answer | undefined>,
  { max = 10_000, now = Date.now } = {},
): (key: string, ...given: Given) => Promise<Answer | undefined> {
  const kept = new Map<string, { until: number; answer: Promise<Answer | undefined> }>()

  const forget = (key: string, answer: Promise<Answer | undefined>) => {
    if (kept.get(key)?.answer === answer) kept.delete(key)
  }
  const fetchAnswer = (key: string, given: Given) => {
    const answer = ask(key, ...given)
    kept.delete(key) // so that the newest stands last
    kept.set(key, { until: now() + keptMs, answer })
    answer.then(
      (value) => value === undefined && forget(key, answer),
      () => forget(key, answer),
    )
    const [oldest] = kept.keys()
    if (kept.size > max && oldest !== undefined) kept.delete(oldest)
    return answer
  }
  return (key, ...given) => {
    const known = kept.get(key)
    return known && known.until > now() ? known.answer : fetchAnswer(key, given)
  }
}
