import { get } from 'node:http'
import { closedLoop, median, ms, openLoop, percentile, report } from '@upscale/testing'
import type { Customer } from '../src/customer.ts'
import { inTurn } from './accounts.ts'

interface Shapes {
  /** Customers take turns, so that none meets its limit. */
  customers: readonly Customer[]
  bare: { post(): Promise<void> }
  sourceUrl: string
}

/** POST to answer, each load turn by turn with the bare shape on the same server. */
export async function benchPost({ customers, bare, sourceUrl }: Shapes): Promise<void> {
  const next = inTurn(customers)
  const post = async () => {
    const { status, body } = await next().upscale({ video_url: sourceUrl })
    if (status !== 200) throw new Error(JSON.stringify(body))
  }
  const network = median(await closedLoop(1, 50, () => readFirstBytes(sourceUrl)))
  report('source, connect and first 64 KiB over loopback', ms(network))
  await closedLoop(2, 20, post) // warm
  await closedLoop(2, 20, bare.post)

  for (const [callers, calls] of [
    [1, 60],
    [8, 120],
    [32, 256],
  ] as const) {
    const floor = await closedLoop(callers, calls, bare.post)
    const ours = await closedLoop(callers, calls, post)
    compare(`POST to answer, ${callers} caller${callers > 1 ? 's' : ''}`, ours, floor, network)
  }
  const floor = await openLoop(2, 20, bare.post)
  const ours = await openLoop(2, 20, post)
  compare('POST to answer, open loop at 2 jobs/s', ours, floor, network)
}

function compare(what: string, ours: number[], floor: number[], network: number): void {
  report(what, `p50 ${ms(median(ours))}, p99 ${ms(percentile(ours, 0.99))}`, {
    peer: `bare shape p50 ${ms(median(floor))}, p99 ${ms(percentile(floor, 0.99))}`,
    ratio: (median(ours) - network) / median(floor),
    aim: '≤ 1.3',
  })
}

/** As the probe has to: one connection, one request. */
function readFirstBytes(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { range: 'bytes=0-65535' }
    get(url, { agent: false, headers }, (res) => res.resume().once('end', resolve)).once(
      'error',
      reject,
    )
  })
}
