import { expect, test } from '@jest/globals'
import type { KeyView } from '@upscale/types'
import { keyState } from './key-columns.ts'

const KEY: KeyView = {
  id: 'k',
  name: 'server',
  shown: 'sk_…1234',
  livemode: true,
  createdAt: '2026-11-24T12:00:00.000Z',
  lastUsedAt: null,
  expiresAt: null,
  revokedAt: null,
}
const NOW = new Date('2026-11-24T12:00:00Z')

test.each([
  [{}, 'open'],
  [{ expiresAt: '2026-11-25T12:00:00.000Z' }, 'open until 2026-11-25 12:00:00Z'],
  [{ expiresAt: '2026-11-24T12:00:00.000Z' }, 'ended 2026-11-24 12:00:00Z'],
  [
    { expiresAt: '2026-11-25T12:00:00.000Z', revokedAt: '2026-11-24T11:00:00.000Z' },
    'revoked 2026-11-24 11:00:00Z',
  ],
])('%j is %s', (change, state) => {
  expect(keyState({ ...KEY, ...change }, NOW)).toBe(state)
})
