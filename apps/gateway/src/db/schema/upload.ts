import type { AccountId } from '@upscale/types'

/** A slot for a customer's file, and the file once it is stored. */
export interface UploadTable {
  objectKey: string
  accountId: AccountId
  livemode: boolean
  /** SHA-256 of the secret part of its upload URL. */
  slotDigest: Buffer
  contentType: string
  /** null: nothing is stored yet. */
  storedBytes: bigint | null
  createdAt: Date
  putUntil: Date
  expiresAt: Date
}
