import { ApplicationFailure } from '@temporalio/common'
import type { InternalFailure } from '@upscale/types'

export interface GateLimits {
  /** Posts to one host at the same time. */
  perHost: number
  /** Posts of one account, those in line too. */
  perAccount: number
  /** All of this process: the rest of its room is for records of tasks. */
  total: number
}

export type DeliveryGate = ReturnType<typeof createDeliveryGate>

/**
 * Lets few posts go out at once, so that no receiver is flooded and one that hangs holds up nobody else.
 * Where an account or the process has its share, it throws a failure that Temporal retries later.
 */
export function createDeliveryGate({ perHost, perAccount, total }: GateLimits) {
  const lanes = new Map<string, Lane>()
  const ofAccount = new Map<string, number>()
  let all = 0

  function enter(accountId: string): void {
    const share = ofAccount.get(accountId) ?? 0
    if (all >= total || share >= perAccount) throw receiverBusy()
    all += 1
    ofAccount.set(accountId, share + 1)
  }
  function leave(accountId: string): void {
    all -= 1
    const share = (ofAccount.get(accountId) ?? 1) - 1
    if (share > 0) ofAccount.set(accountId, share)
    else ofAccount.delete(accountId)
  }
  async function inLane<T>(host: string, work: () => Promise<T>): Promise<T> {
    const lane = lanes.get(host) ?? { busy: 0, line: [] }
    lanes.set(host, lane)
    if (lane.busy < perHost) lane.busy += 1
    else await new Promise<void>((go) => lane.line.push(go))
    try {
      return await work()
    } finally {
      const next = lane.line.shift()
      if (next) next()
      else lane.busy -= 1
      if (lane.busy === 0) lanes.delete(host)
    }
  }
  return async <T>(host: string, accountId: string, work: () => Promise<T>): Promise<T> => {
    enter(accountId)
    try {
      return await inLane(host, work)
    } finally {
      leave(accountId)
    }
  }
}

interface Lane {
  busy: number
  /** Who waits, first come first served; each takes over the place that becomes free. */
  line: (() => void)[]
}

const receiverBusy = (): ApplicationFailure =>
  ApplicationFailure.create({
    type: 'RECEIVER_BUSY' satisfies InternalFailure,
    message: 'Too many posts of this account or process are on their way',
    category: 'BENIGN',
  })
