import type { AccountId } from '@upscale/types'

/** What an account used of a burst limit in its present window; leases of gateways count as used. */
export interface RateWindowTable {
  accountId: AccountId
  scope: 'requests' | 'creates' | 'quotes'
  windowStart: Date
  used: number
}

/** Event streams that one gateway process holds open for an account. */
export interface OpenStreamTable {
  gatewayId: string
  accountId: AccountId
  streams: number
  seenAt: Date
}
