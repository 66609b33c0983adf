import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { median, report } from '@upscale/testing'

const SECONDS = 5
const WARM_SECONDS = 8 // until the compiler has seen both
const ROUNDS = 3
/** Sooner than the gateway ends a connection: autocannon times wrongly what follows an end by the server. */
const RECONNECT_AFTER = 500
/** Accounts of 600 reads a minute each, to so many callers: more than three rounds on this machine read. */
const PHASES = [
  { callers: 1, accounts: 80 },
  { callers: 8, accounts: 220 },
  { callers: 32, accounts: 420 },
] as const
/** Each phase has accounts of its own: a minute may see two of them. */
export const READING = PHASES.reduce((sum, { accounts }) => sum + accounts, 0)

/** A task and whom it belongs to. */
export interface OwnTask {
  id: string
  key: string
}

/**
 * Requests per second of a status read, turn by turn with a bare Express route that reads the same rows.
 * `tasks`: `READING` of them, each of another account, so that none meets its limit of requests a minute.
 */
export async function benchStatusRead(
  { api, database }: { api: string; database: string },
  tasks: readonly OwnTask[],
): Promise<void> {
  const bare = fork(fileURLToPath(new URL('bare-route.ts', import.meta.url)), [database])
  const [port] = (await once(bare, 'message')) as [number]
  const bareUrl = `http://127.0.0.1:${port}`
  await reads(bareUrl, 8, tasks.map(bareRead), WARM_SECONDS)
  await reads(api, 8, tasks.map(ourRead), WARM_SECONDS)
  const unread = [...tasks]
  for (const { callers, accounts } of PHASES) {
    const own = unread.splice(0, accounts)
    const ours: Reads[] = []
    const floor: Reads[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      floor.push(await reads(bareUrl, callers, own.map(bareRead)))
      ours.push(await reads(api, callers, own.map(ourRead)))
    }
    const what = `GET /tasks/{id}, ${callers} caller${callers > 1 ? 's' : ''}`
    report(what, textOf(ours), {
      peer: `bare Express + pg ${textOf(floor)}`,
      ratio: perSecond(ours) / perSecond(floor),
      aim: '≥ 0.8',
    })
  }
  bare.kill()
}

const bareRead = ({ id }: OwnTask): autocannon.Request => ({ path: `/tasks/${id}` })

const ourRead = ({ id, key }: OwnTask): autocannon.Request => ({
  path: `/api/v1/tasks/${id}`,
  headers: { authorization: `Bearer ${key}` },
})

interface Reads {
  perSecond: number
  p50: number
  p99: number
}

/** Each connection has accounts of its own: in step with each other they would all wait for the same one. */
async function reads(
  url: string,
  connections: number,
  requests: autocannon.Request[],
  duration = SECONDS,
): Promise<Reads> {
  let next = 0
  const setupClient = (client: autocannon.Client) => {
    client.setRequests(requests.filter((_, place) => place % connections === next))
    next += 1
  }
  const reconnectRate = RECONNECT_AFTER
  const result = await autocannon({ url, connections, duration, reconnectRate, setupClient })
  if (result.non2xx > 0) {
    throw new Error(`${result.non2xx} answers were no 2xx: a faster machine needs more accounts`)
  }
  const { p50, p99 } = result.latency
  return { perSecond: result.requests.average, p50, p99 }
}

const perSecond = (rounds: readonly Reads[]): number =>
  median(rounds.map((round) => round.perSecond))

const textOf = (rounds: readonly Reads[]): string =>
  `${perSecond(rounds).toFixed(0)}/s, p50 ${median(rounds.map(({ p50 }) => p50))} ms, ` +
  `p99 ${median(rounds.map(({ p99 }) => p99))} ms`
