import type { KeyView } from '@upscale/types'
import type { Column } from './table.ts'
import { NONE, when } from './words.ts'

/** `open`, `open until …`, or since when not. */
export function keyState({ revokedAt, expiresAt }: KeyView, now: Date): string {
  if (revokedAt !== null) return `revoked ${when(revokedAt)}`
  if (expiresAt === null) return 'open'
  return new Date(expiresAt) > now ? `open until ${when(expiresAt)}` : `ended ${when(expiresAt)}`
}

export const keyColumns = (now: Date): readonly Column<KeyView>[] => [
  { title: 'KEY', text: ({ id }) => id },
  { title: 'NAME', text: ({ name }) => name },
  { title: 'SHOWN AS', text: ({ shown }) => shown },
  { title: 'MODE', text: ({ livemode }) => (livemode ? 'live' : 'test') },
  { title: 'STATE', text: (key) => keyState(key, now) },
  { title: 'CREATED', text: ({ createdAt }) => when(createdAt) },
  { title: 'LAST USED', text: ({ lastUsedAt }) => (lastUsedAt === null ? NONE : when(lastUsedAt)) },
]
