import type { AccountId } from '@upscale/types'
import type { GatewayDb } from '../db/schema/index.ts'
import type { Events } from '../events.ts'
import { tooManyOpen } from '../limits/rate-limited.ts'
import { randomBase62 } from '../random-id.ts'
import { repeat } from '../repeat.ts'
import { tryAgain } from '../try-again.ts'
import {
  countElsewhere,
  dropGateway,
  dropUnseen,
  lockStreams,
  saveStreams,
} from './stream-store.ts'

const MAX_PER_ACCOUNT = 20
const SEEN_EVERY_MS = 10_000

export interface StreamPlaces extends AsyncDisposable {
  /**
   * A place for one more stream of the account, until it is disposed. Throws RATE_LIMITED where all gateways
   * together hold 20 of it, SERVICE_UNAVAILABLE where this process is full.
   */
  take(accountId: AccountId): Promise<AsyncDisposable>
}

interface PlacesParts {
  db: GatewayDb
  /** Streams of this process at most. */
  max: number
  events: Pick<Events, 'eventsFailed' | 'streamsOpen'>
}

/** Counts the open streams of each account over all gateways. */
export function createStreamPlaces({ db, max, events }: PlacesParts): StreamPlaces {
  const gatewayId = randomBase62(16)
  const held = new Map<AccountId, number>()
  let total = 0

  const heldBy = (accountId: AccountId) => held.get(accountId) ?? 0
  const countOf = (accountId: AccountId) => ({ gatewayId, accountId, streams: heldBy(accountId) })
  const add = (accountId: AccountId, change: 1 | -1) => {
    const streams = heldBy(accountId) + change
    if (streams === 0) held.delete(accountId)
    else held.set(accountId, streams)
    total += change
    events.streamsOpen(total)
  }
  const giveBack = async (accountId: AccountId) => {
    add(accountId, -1)
    await saveStreams(db, [countOf(accountId)]).catch(events.eventsFailed) // said again within 10 s
  }
  const sayAll = async () => {
    const accounts = [...held.keys()]
    if (accounts.length > 0) await saveStreams(db, accounts.map(countOf))
    await dropUnseen(db)
  }
  const saying = repeat(SEEN_EVERY_MS, sayAll, events.eventsFailed)

  return {
    async take(accountId) {
      if (total >= max) throw tryAgain()
      const isFree = await db.transaction().execute(async (trx) => {
        await lockStreams(trx, accountId)
        const elsewhere = await countElsewhere(trx, { gatewayId, accountId })
        if (elsewhere + heldBy(accountId) >= MAX_PER_ACCOUNT) return false
        await saveStreams(trx, [{ ...countOf(accountId), streams: heldBy(accountId) + 1 }])
        add(accountId, 1) // while nobody else counts
        return true
      })
      if (!isFree) {
        throw tooManyOpen({
          limit: `${MAX_PER_ACCOUNT} open streams`,
          remedy: 'Close one, or read the events as JSON',
        })
      }
      return { [Symbol.asyncDispose]: () => giveBack(accountId) }
    },
    async [Symbol.asyncDispose]() {
      await saying[Symbol.asyncDispose]()
      await dropGateway(db, gatewayId).catch(events.eventsFailed)
    },
  }
}
