import type { Generated } from 'kysely'

export interface ApiKeyTable {
  id: string
  customerId: string
  livemode: boolean
  name: string
  pepperId: string
  /** HMAC-SHA256 of the key under the pepper. */
  digest: Buffer
  /** Prefix and last four characters. */
  shown: string
  createdAt: Generated<Date>
  expiresAt: Date | null
  revokedAt: Date | null
  lastUsedAt: Date | null
}
