import { setTimeout as sleep } from 'node:timers/promises'
import type { TaskId } from '@upscale/types'
import type { Task } from '../tasks/task.ts'
import type { TaskView } from '../tasks/task-view.ts'
import { frameOf } from './event-frame.ts'
import type { Place, ReadPast } from './event-store.ts'
import { endEvent, progressEvent } from './task-event.ts'
import type { TaskEvent, TaskNotice } from './task-event.ts'

/** An event and its text in a stream, made once for all who follow its task. */
export interface Told {
  event: TaskEvent
  frame: string
}

export interface Follower {
  /** Each event behind its place once, in their order. */
  tell(told: Told): void
  /** This process stops: nothing further is told. */
  letGo(): void
}

export interface TaskHub {
  /** Tells what happened behind the place, then what happens, until the answer is called. */
  follow(place: Place, follower: Follower): () => void
  /** Takes what the database told on its channel. */
  hear(payload: string): void
  /** What was told meanwhile did not arrive: it is read, for all tasks in one query. */
  catchUp(): void
  /** The tasks that are followed. */
  taskIds(): TaskId[]
  /** Lets go who follows, and who comes later. */
  letAllGo(): void
}

interface Following extends Place {
  follower: Follower
  /** Behind: its past is being read, and what is told meanwhile may be missing in it. */
  isBehind: boolean
  hasMissed: boolean
}

interface HubParts {
  readPast: ReadPast
  /** The whole task as it is shown. */
  viewOf: (task: Task) => TaskView
  onFailure: (error: unknown) => void
}

const RETRY_MS = 500

/**
 * Gives the events of tasks to all who follow them in this process. A notice carries its event and costs no
 * query; an end is read once, however many follow it.
 */
export function createTaskHub({ readPast, viewOf, onFailure }: HubParts): TaskHub {
  const topics = new Map<TaskId, Set<Following>>()
  let behind = new Set<Following>()
  let isReading = false
  let isOver = false

  const isFollowed = (following: Following) => topics.get(following.taskId)?.has(following) ?? false

  const tell = (following: Following, told: Told) => {
    if (told.event.seq <= following.after || !isFollowed(following)) return
    following.after = told.event.seq
    following.follower.tell(told)
  }

  const fallBehind = (following: Following) => {
    if (following.isBehind) {
      following.hasMissed = true
      return
    }
    following.isBehind = true
    behind.add(following)
  }

  const readAll = async (): Promise<void> => {
    if (isReading) return
    isReading = true
    while (behind.size > 0) {
      const asked = [...behind].filter(isFollowed)
      behind = new Set()
      await readFor(asked).catch(async (error: unknown) => {
        onFailure(error)
        await sleep(RETRY_MS, undefined, { ref: false })
        for (const following of asked) behind.add(following)
      })
    }
    isReading = false
  }

  const readFor = async (asked: readonly Following[]): Promise<void> => {
    if (asked.length === 0) return
    for (const following of asked) following.hasMissed = false
    const pasts = await readPast(placesOf(asked))
    const told = new Map<TaskId, Told[]>()
    for (const [taskId, { task, events }] of pasts) {
      const end = endEvent(task, () => viewOf(task))
      told.set(taskId, [...events, ...(end ? [end] : [])].map(toldOf))
    }
    for (const following of asked) {
      for (const each of told.get(following.taskId) ?? []) tell(following, each)
      following.after = Math.max(following.after, pasts.get(following.taskId)?.task.eventSeq ?? 0)
      following.isBehind = following.hasMissed
      if (following.isBehind) behind.add(following)
    }
  }

  return {
    follow(place, follower) {
      if (isOver) {
        queueMicrotask(() => follower.letGo())
        return () => undefined
      }
      const { taskId } = place
      const following = { ...place, follower, isBehind: false, hasMissed: false }
      const topic = topics.get(taskId) ?? new Set()
      topics.set(taskId, topic.add(following))
      fallBehind(following)
      void readAll()
      return () => {
        topic.delete(following)
        if (topic.size === 0 && topics.get(taskId) === topic) topics.delete(taskId)
      }
    },
    hear(payload) {
      const notice = JSON.parse(payload) as TaskNotice
      const topic = topics.get(notice.taskId)
      if (!topic) return
      const told = notice.body && toldOf(progressEvent(notice.taskId, notice))
      for (const following of topic) {
        if (told && !following.isBehind) tell(following, told)
        else fallBehind(following)
      }
      void readAll()
    },
    catchUp() {
      for (const topic of topics.values()) topic.forEach(fallBehind)
      void readAll()
    },
    taskIds: () => [...topics.keys()],
    letAllGo() {
      isOver = true
      const all = [...topics.values()].flatMap((topic) => [...topic])
      topics.clear()
      for (const { follower } of all) follower.letGo()
    },
  }
}

const toldOf = (event: TaskEvent): Told => ({ event, frame: frameOf(event) })

/** One per task: who knows least of it decides what is read. */
function placesOf(followings: readonly Following[]): Place[] {
  const places = new Map<TaskId, Place>()
  for (const { taskId, accountId, livemode, after } of followings) {
    const known = places.get(taskId)
    places.set(taskId, {
      taskId,
      accountId,
      livemode,
      after: Math.min(after, known?.after ?? after),
    })
  }
  return [...places.values()]
}
