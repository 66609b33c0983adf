import type { Caller } from '../accounts/caller.ts'
import type { GatewayContext } from '../context.ts'
import { rateLimited } from '../limits/rate-limited.ts'
import { storageAway } from '../storage-away.ts'
import { insertSlot, nextSlotClose } from './upload-store.ts'
import { newSlot, newUploadKey, publicUrlOf, slotDigestOf, uploadUrlOf } from './upload-url.ts'
import type { UploadType } from './upload-url.ts'

const PUT_MS = 3_600_000
const KEPT_MS = 86_400_000
const MAX_OPEN = 200 // of an account: more than three a minute

export interface OpenSlot {
  uploadUrl: string
  publicUrl: string
  key: string
  expiresAt: Date
}

/** Opens a slot for one file. Throws RATE_LIMITED or UPSTREAM_ERROR. */
export async function openSlot(
  ctx: GatewayContext,
  { accountId, livemode }: Caller,
  contentType: UploadType,
): Promise<OpenSlot> {
  const key = newUploadKey(contentType)
  await requireStorage(ctx, key)
  const slot = newSlot()
  const now = ctx.now()
  const expiresAt = new Date(now.getTime() + PUT_MS)
  const row = {
    objectKey: key,
    accountId,
    livemode,
    slotDigest: slotDigestOf(slot),
    contentType,
    createdAt: now,
    putUntil: expiresAt,
    expiresAt: new Date(now.getTime() + KEPT_MS),
  }
  if (!(await insertSlot(ctx.db, row, MAX_OPEN))) {
    const closesAt = await nextSlotClose(ctx.db, { accountId, livemode }, now)
    const limit = `${MAX_OPEN} open uploads`
    throw rateLimited({ limit, resetsAt: closesAt ?? now, now, key: 'too_many_uploads' })
  }
  const { publicUrl } = ctx.config
  return {
    uploadUrl: uploadUrlOf(publicUrl, slot),
    publicUrl: publicUrlOf(publicUrl, key),
    key,
    expiresAt,
  }
}

/** Who is told a URL must not learn at the end of 100 MB that nothing can be stored. */
async function requireStorage({ objects }: GatewayContext, key: string): Promise<void> {
  await objects.stat(key).catch((error: unknown) => {
    throw storageAway(error)
  })
}
