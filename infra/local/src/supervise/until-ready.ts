import { setTimeout as sleep } from 'node:timers/promises'

const ASK_EVERY_MS = 100
const ANSWER_WITHIN_MS = 2_000

/** Asks until `check` holds; a check that throws does not hold yet. */
export async function until(
  check: () => Promise<boolean>,
  signal: AbortSignal,
  everyMs = ASK_EVERY_MS,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    if (await check().catch(() => false)) return
    await sleep(everyMs, undefined, { signal })
  }
}

/** Waits until a process says on its internal port that it lives, is ready, and shows its metrics. */
export const untilHealthy = (port: number, signal: AbortSignal): Promise<void> =>
  until(async () => {
    for (const path of ['livez', 'readyz', 'metrics'])
      if (!(await isOk(`http://127.0.0.1:${port}/${path}`))) return false
    return true
  }, signal)

async function isOk(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
  await answer.body?.cancel()
  return answer.ok
}
