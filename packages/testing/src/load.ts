import { setTimeout as sleep } from 'node:timers/promises'

/** Each caller sends its next call when the last one was answered. Milliseconds of every call. */
export async function closedLoop(
  callers: number,
  calls: number,
  call: () => Promise<unknown>,
): Promise<number[]> {
  const took: number[] = []
  let left = calls
  const caller = async () => {
    while (left > 0) {
      left -= 1
      took.push(await timed(call))
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return took
}

/** Calls at a fixed rate, whether or not the last ones were answered. Milliseconds of every call. */
export async function openLoop(
  perSecond: number,
  seconds: number,
  call: () => Promise<unknown>,
): Promise<number[]> {
  const running: Promise<number>[] = []
  const began = performance.now()
  for (let n = 0; n < perSecond * seconds; n += 1) {
    await sleep(Math.max(0, began + (n * 1000) / perSecond - performance.now()))
    running.push(timed(call))
  }
  return await Promise.all(running)
}

async function timed(call: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await call()
  return performance.now() - began
}
