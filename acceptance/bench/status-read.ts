import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { median, report } from '@upscale/testing'

const CALLERS = 16
const SECONDS = 5
const ROUNDS = 3

/** Requests per second of a status read, turn by turn with a bare Express route on the same row. */
export async function benchStatusRead(task: {
  api: string
  key: string
  id: string
  database: string
}): Promise<void> {
  const bare = fork(fileURLToPath(new URL('bare-route.ts', import.meta.url)), [
    task.database,
    task.id,
  ])
  const [port] = (await once(bare, 'message')) as [number]
  const ours: number[] = []
  const floor: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    floor.push(await requestsPerSecond(`http://127.0.0.1:${port}/tasks/${task.id}`, {}))
    const authorization = `Bearer ${task.key}`
    ours.push(await requestsPerSecond(`${task.api}/api/v1/tasks/${task.id}`, { authorization }))
  }
  bare.kill()
  report(`GET /tasks/{id}, ${CALLERS} callers`, `${median(ours).toFixed(0)} requests/s`, {
    peer: `bare Express + pg ${median(floor).toFixed(0)} requests/s`,
    ratio: median(ours) / median(floor),
    aim: '≥ 0.7',
  })
}

async function requestsPerSecond(url: string, headers: Record<string, string>): Promise<number> {
  const result = await autocannon({ url, headers, connections: CALLERS, duration: SECONDS })
  if (result.non2xx > 0) throw new Error(`${result.non2xx} answers were no 2xx`)
  return result.requests.average
}
