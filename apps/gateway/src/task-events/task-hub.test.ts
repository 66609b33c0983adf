import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import type { AccountId, TaskId } from '@upscale/types'
import type { Task } from '../tasks/task.ts'
import type { TaskView } from '../tasks/task-view.ts'
import { FROM_START } from './event-store.ts'
import type { Past, Place } from './event-store.ts'
import { progressEvent } from './task-event.ts'
import type { EventBody, ProgressEvent } from './task-event.ts'
import { createTaskHub } from './task-hub.ts'

const AT = '2026-02-14T12:00:41.000Z'
const ID = 'task_1' as TaskId
const body = (progress: number): EventBody => ({
  status: 'processing',
  stage: 'upscaling',
  progress,
  eta_seconds: null,
  queue_position: null,
})
const notice = (seq: number, taskId = ID) =>
  JSON.stringify({ taskId, seq, type: 'task.progress', at: AT, body: body(seq / 100) })
const endNotice = (seq: number) =>
  JSON.stringify({ taskId: ID, seq, type: 'task.completed', at: AT, body: null })

/** A hub over a database that holds what `pasts` says at the moment of each read. */
function hubOver(pasts: Map<TaskId, { events: number[]; seq: number; ended?: boolean }>) {
  const reads: TaskId[][] = []
  const failures: unknown[] = []
  const held: PromiseWithResolvers<void>[] = []
  const state = { isHeld: false, isAway: false }
  const readPast = async (places: readonly Place[]): Promise<Map<TaskId, Past>> => {
    reads.push(places.map(({ taskId }) => taskId))
    const found = places.flatMap(({ taskId, after }): [TaskId, Past][] => {
      const past = pasts.get(taskId)
      if (!past) return []
      const events = past.events.filter((seq) => seq > after).map((seq) => kept(taskId, seq))
      return [[taskId, { task: taskOf(taskId, past), events }]]
    })
    if (state.isHeld) {
      const gate = Promise.withResolvers<void>()
      held.push(gate)
      await gate.promise
    }
    if (state.isAway) throw new Error('away')
    return new Map(found)
  }
  const hub = createTaskHub({
    readPast,
    viewOf: (task) => ({ id: task.taskId, status: task.status }) as TaskView,
    onFailure: (error) => failures.push(error),
  })
  const follow = (taskId = ID, after = FROM_START) => {
    const seen: (number | string)[] = []
    const place = { taskId, accountId: 'a:live' as AccountId, livemode: true, after }
    const leave = hub.follow(place, {
      tell: ({ event }) => seen.push(event.seq),
      letGo: () => seen.push('let go'),
    })
    return { seen, leave }
  }
  return { hub, follow, reads, failures, held, state, pasts }
}

const kept = (id: TaskId, seq: number): ProgressEvent =>
  progressEvent(id, { seq, type: 'task.stage', at: AT, body: body(seq / 100) })

const taskOf = (taskId: TaskId, { seq, ended }: { seq: number; ended?: boolean }): Task =>
  ({
    taskId,
    eventSeq: seq,
    status: ended ? 'completed' : 'processing',
    completedAt: ended ? new Date(AT) : null,
  }) as Task

const soon = () => sleep(1)

test('what is told costs no query, and an end one for all who follow', async () => {
  const { hub, follow, reads, pasts } = hubOver(new Map([[ID, { events: [1, 2], seq: 2 }]]))
  const all = Array.from({ length: 50 }, () => follow())
  await soon()
  reads.length = 0
  hub.hear(notice(3))
  hub.hear(notice(4))
  await soon()
  expect(reads).toEqual([])
  pasts.set(ID, { events: [1, 2, 4], seq: 5, ended: true })
  hub.hear(endNotice(5))
  await soon()
  expect(reads).toEqual([[ID]])
  for (const { seen } of all) expect(seen).toEqual([1, 2, 3, 4, 5])
})

test('of tasks that nobody follows nothing is read', async () => {
  const { hub, follow, reads } = hubOver(new Map())
  follow().leave()
  await soon()
  reads.length = 0
  hub.hear(notice(1))
  hub.hear(endNotice(2))
  hub.catchUp()
  await soon()
  expect([reads, hub.taskIds()]).toEqual([[], []])
})

test('after an outage one query brings what was missed, of all tasks', async () => {
  const ids = ['task_a', 'task_b', 'task_c'] as TaskId[]
  const { hub, follow, reads, pasts } = hubOver(
    new Map(ids.map((id) => [id, { events: [1], seq: 1 }])),
  )
  const followers = ids.map((id) => follow(id))
  await soon()
  reads.length = 0
  for (const id of ids) pasts.set(id, { events: [1, 7], seq: 7 })
  hub.catchUp()
  await soon()
  expect(reads).toEqual([ids])
  hub.hear(notice(7, ids[0]))
  hub.hear(notice(8, ids[0]))
  expect(followers.map(({ seen }) => seen)).toEqual([
    [1, 7, 8],
    [1, 7],
    [1, 7],
  ])
})

test('what is told while the past is read is neither lost nor told twice', async () => {
  const { hub, follow, held, state, pasts } = hubOver(new Map([[ID, { events: [1, 2], seq: 2 }]]))
  state.isHeld = true
  const { seen } = follow()
  await soon()
  pasts.set(ID, { events: [1, 2, 3], seq: 3 }) // written when the read had begun
  hub.hear(notice(2))
  hub.hear(notice(3))
  state.isHeld = false
  held[0]?.resolve()
  await soon()
  expect(seen).toEqual([1, 2, 3])
  hub.hear(notice(4))
  expect(seen).toEqual([1, 2, 3, 4])
})

test('who comes later begins at the start, who was here goes on', async () => {
  const { hub, follow, pasts } = hubOver(new Map([[ID, { events: [1], seq: 1 }]]))
  const early = follow()
  await soon()
  hub.hear(notice(2))
  pasts.set(ID, { events: [1, 2], seq: 2 })
  const late = follow()
  const behind = follow(ID, 1)
  await soon()
  hub.hear(notice(3))
  expect([early.seen, late.seen, behind.seen]).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [2, 3],
  ])
})

test('a database that is away is asked again', async () => {
  const { follow, failures, state } = hubOver(new Map([[ID, { events: [1], seq: 1 }]]))
  state.isAway = true
  const { seen } = follow()
  await soon()
  expect([failures.length, seen]).toEqual([1, []])
  state.isAway = false
  await sleep(600)
  expect([failures.length, seen]).toEqual([1, [1]])
})

test('when we stop all are let go, and who comes then', async () => {
  const { hub, follow } = hubOver(new Map([[ID, { events: [1], seq: 1 }]]))
  const early = follow()
  await soon()
  hub.letAllGo()
  const late = follow()
  hub.hear(notice(2))
  await soon()
  expect([early.seen, late.seen]).toEqual([[1, 'let go'], ['let go']])
})
