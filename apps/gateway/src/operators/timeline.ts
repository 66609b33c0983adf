import { scrub } from '@upscale/runtime'
import { AppError } from '@upscale/types'
import type {
  AuditEntry,
  FoundTask,
  TaskBooks,
  TaskId,
  Timeline,
  TimelineEvent,
} from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { listActions } from './audit-store.ts'
import { ACCEPT_FINDING } from './billing-passages.ts'
import { findTask } from './find-tasks.ts'
import { nothingFound } from './find-tasks-wanted.ts'
import { activitiesIn } from './timeline-activities.ts'
import { apiEvents } from './timeline-api.ts'
import { timelineEvent } from './timeline-event.ts'
import { historyEvents } from './timeline-history.ts'
import { ledgerEvents } from './timeline-ledger.ts'
import { nextStep } from './timeline-next.ts'
import { operatorEvents } from './timeline-operator.ts'
import { pendingEvents } from './timeline-pending.ts'
import { readRuns } from './timeline-runs.ts'
import type { JobRuns } from './timeline-runs.ts'
import { readTaskFacts } from './timeline-store.ts'

const MAX_ACTIONS = 200

/** Everything that happened to a task, from each part that knows of it. Throws NOT_FOUND. */
export async function readTimeline(ctx: GatewayContext, taskId: TaskId): Promise<Timeline> {
  // The runs before the rest: what ends in between has written its row and its lines.
  const runs = await heard(readRuns(ctx, taskId))
  const [task, facts, actions, books] = await Promise.all([
    findTask(ctx, taskId),
    readTaskFacts(ctx.db, taskId),
    listActions(ctx.db, { target: taskId, limit: MAX_ACTIONS + 1 }),
    heard(ctx.billing.readBooks(taskId)),
  ])
  if (!task) throw nothingFound({ by: 'task', taskId })
  const events = [
    ...(facts ? apiEvents(facts) : []),
    ...operatorEvents(actions, MAX_ACTIONS),
    ...ledgerPart(books, ctx.now()),
    ...workflowPart(runs, ctx.now()),
  ]
  return { task, events: inOrder(events), next: nextStep(standingOf(task, actions, books, runs)) }
}

/** What a part answered; false: it did not. */
type Heard<Answer> = { answer: Answer } | false

/** An outage of one part leaves the others to be shown. */
async function heard<Answer>(asked: Promise<Answer>): Promise<Heard<Answer>> {
  try {
    return { answer: await asked }
  } catch (error) {
    if (error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE') return false
    throw error
  }
}

function ledgerPart(books: Heard<TaskBooks | undefined>, now: Date): TimelineEvent[] {
  if (books) return books.answer ? ledgerEvents(books.answer) : []
  return [
    timelineEvent('ledger', now, { what: 'Billing does not answer: its lines are missing here' }),
  ]
}

function workflowPart(heardRuns: Heard<JobRuns | undefined>, now: Date): TimelineEvent[] {
  const say = (at: Date, what: string) => timelineEvent('workflow', at, { what })
  if (!heardRuns) return [say(now, 'Temporal does not answer: its events are missing here')]
  const { answer } = heardRuns
  if (!answer) {
    return [say(now, 'Temporal knows no run of this job (any more): it keeps them for a time only')]
  }
  const { runs, missing, pending } = answer
  return [
    ...historyEvents(runs),
    ...missing.map(({ runId, startedAt }) =>
      say(
        startedAt,
        `run ${runId} started; its history is gone or too slow to read, or too many runs are newer`,
      ),
    ),
    ...pendingEvents(pending, [...activitiesIn(runs.at(-1)?.events ?? []).values()]),
  ]
}

const standingOf = (
  { status, parkedAt }: FoundTask,
  actions: readonly AuditEntry[],
  books: Heard<TaskBooks | undefined>,
  runs: Heard<JobRuns | undefined>,
) => ({
  status,
  parkedAt,
  run: runs ? (runs.answer?.status ?? ('GONE' as const)) : undefined,
  charges: books ? (books.answer?.charges ?? []) : undefined,
  lines: books ? (books.answer?.lines ?? []) : [],
  isAccepted: actions.some(
    ({ action, outcome }) => action === ACCEPT_FINDING && outcome === 'done',
  ),
})

/** Oldest first; what happened in the same millisecond stays in the order of its source. */
const inOrder = (events: readonly TimelineEvent[]): TimelineEvent[] =>
  events
    .map((event) => ({ ...event, what: scrub(event.what) }))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
