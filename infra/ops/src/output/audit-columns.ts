import type { Colors } from 'picocolors/types.js'
import { unreachable } from '@upscale/types'
import type { AuditEntry } from '@upscale/types'
import type { Column } from './table.ts'
import { NONE, when } from './words.ts'

export const AUDIT_COLUMNS: readonly Column<AuditEntry>[] = [
  { title: 'TIME', text: ({ at }) => when(at) },
  { title: 'WHO', text: ({ actor }) => actor },
  { title: 'DID', text: ({ action }) => action },
  { title: 'TO', text: ({ target }) => target },
  {
    title: 'OUTCOME',
    text: ({ outcome }) => outcome,
    paint: ({ outcome }, colors) => painterOf(outcome, colors),
  },
  { title: 'WHY', text: ({ reason }) => reason },
  { title: 'DETAIL', text: ({ detail }) => detail ?? NONE },
]

function painterOf(outcome: AuditEntry['outcome'], colors: Colors): (text: string) => string {
  switch (outcome) {
    case 'done':
      return colors.green
    case 'begun':
    case 'refused':
      return colors.yellow
    case 'failed':
      return colors.red
    default:
      return unreachable(outcome)
  }
}
