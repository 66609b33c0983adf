import type { Because } from '@upscale/types'

/**
 * A text as a ledger line takes it: one line, at most `maxLength` characters, never empty. A text must
 * never block a refund.
 */
export const lineText = (text: string, maxLength: number): string =>
  Array.from(text.replaceAll(/[\p{Cc}\p{Cs}]+/gu, ' ').trim())
    .slice(0, maxLength)
    .join('') || '-'

export const REASON_MAX = 200 // the length that the column `reason` takes
export const ACTOR_MAX = 100 // the length that the column `actor` takes

/** Who and why, as a line takes them. */
export const because = ({ reason, actor }: Because): Because => ({
  reason: lineText(reason, REASON_MAX),
  actor: lineText(actor, ACTOR_MAX),
})
