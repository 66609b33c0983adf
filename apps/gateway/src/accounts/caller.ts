import type { AccountId, CustomerId } from '@upscale/types'

/** Whose request it is, from the API key alone. */
export interface Caller {
  keyId: string
  customerId: CustomerId
  accountId: AccountId
  livemode: boolean
}
