import type { Colors } from 'picocolors/types.js'
import type { FoundTask, Timeline, TimelineEvent } from '@upscale/types'
import { plainText } from './plain-text.ts'
import { renderTable } from './table.ts'
import type { Column } from './table.ts'
import { statusPainter, statusText } from './task-text.ts'
import { NONE, many, when, whenExactly } from './words.ts'

const COLUMNS: readonly Column<TimelineEvent>[] = [
  {
    title: 'TIME',
    text: ({ at }) => whenExactly(at),
    paint: (_event, colors) => colors.dim,
  },
  {
    title: 'SOURCE',
    text: ({ source }) => source,
    paint: ({ source }, colors) => colors[HUES[source]],
  },
  { title: 'WHAT', text: ({ what }) => what },
  { title: 'WHO', text: ({ who }) => who ?? NONE },
]

const HUES = { api: 'cyan', ledger: 'green', workflow: 'magenta', operator: 'yellow' } as const

/** The task in a line, its events, what can be done now, and where to look further. */
export function renderTimeline(
  { task, events, next }: Timeline,
  page: string | null,
  colors: Colors,
): string {
  const lines = [
    renderTask(task, colors),
    '',
    renderTable(COLUMNS, events, colors),
    '',
    `Next: ${plainText(next)}`,
    ...(page === null ? [] : [`Temporal UI: ${page}`]),
  ]
  return lines.join('\n')
}

/** `task_… · acme:live · factor 2 · needs a person since 2026-11-24 12:01:03Z · 96 credits · req_…` */
function renderTask(task: FoundTask, colors: Colors): string {
  const { taskId, accountId, factor, parkedAt, creditsUsed, requestId } = task
  const status = statusPainter(task, colors)(statusText(task))
  const parts = [
    colors.bold(taskId),
    accountId,
    `factor ${factor}`,
    parkedAt === null ? status : `${status} since ${when(parkedAt)}`,
    ...(creditsUsed === null ? [] : [many(creditsUsed, 'credit')]),
    requestId,
  ]
  return parts.join(' · ')
}
