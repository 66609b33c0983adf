import { clip } from '@upscale/testing'
import type { Cast } from './cast.ts'
import { hasEnded } from './customer.ts'
import type { Quote, Task } from './customer.ts'
import { until } from './patiently.ts'

/** Completes a live job, and waits until each gateway estimates by it: one may have looked just before. */
export async function haveTimedJob({ stack, host, us, key, withKey }: Cast): Promise<void> {
  const url = host.file(await clip('base.mp4'))
  const task = (await us.order(url, {}, { prefer: 'wait=60' })) as unknown as Task
  if (!hasEnded(task)) await us.watch(task.id, hasEnded)
  for (const origin of stack.gateways)
    await until(
      'a gateway knows how long a job takes',
      async () => {
        const { body } = await withKey(key, origin).quote({ video_url: url })
        return Number.isInteger((body.data as Quote).eta_seconds)
      },
      { everyMs: 3_000 }, // quotes are few in an hour
    )
}
