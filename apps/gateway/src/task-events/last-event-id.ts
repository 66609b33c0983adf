import { FROM_START } from './event-store.ts'

/** The event that a client had last; one that no event of the task can have means the start. */
export function lastEventIdIn(header: string | string[] | undefined, newest: number): number {
  const isNumber = typeof header === 'string' && /^\d{1,9}$/.test(header)
  return isNumber && Number(header) <= newest ? Number(header) : FROM_START
}
