import type { JobSize } from './job-size.ts'
import type { MeasuredSpeed } from './measured-speed.ts'

/** A task that takes a slot, or waits for one. */
export interface OpenTask {
  createdAt: number
  isRunning: boolean
  size: JobSize
  /** What its own attempt says is left, ms; null: nothing yet. */
  leftMs: number | null
}

/** The work of a moment. */
export interface Queue {
  /** By age, the oldest first. */
  tasks: readonly OpenTask[]
  /** Tasks that can run at once. */
  slots: number
  speed: MeasuredSpeed
  /** There are more tasks behind these. */
  isCut: boolean
}

/** A task whose end is asked for. */
export interface AskedTask {
  createdAt: number
  isRunning: boolean
  size: JobSize
}

/**
 * Seconds until the task ends: the work before it, shared by the slots, and its own; null: nothing of that
 * kind was measured yet. An attempt that gives no estimate of its own has it all before it.
 */
export function etaOf(asked: AskedTask, queue: Queue): number | null {
  const ownMs = queue.speed(asked.size)
  const waitMs = asked.isRunning ? 0 : waitOf(asked.createdAt, queue)
  return ownMs === undefined || waitMs === undefined ? null : Math.ceil((waitMs + ownMs) / 1000)
}

function waitOf(createdAt: number, { tasks, slots, speed, isCut }: Queue): number | undefined {
  if (isCut && createdAt > (tasks.at(-1)?.createdAt ?? 0)) return undefined
  const ahead = tasks.filter((task) => task.isRunning || task.createdAt < createdAt)
  if (ahead.length < slots) return 0
  let ms = 0
  for (const { leftMs, size } of ahead) {
    const left = leftMs ?? speed(size)
    if (left === undefined) return undefined
    ms += left
  }
  return ms / slots
}
