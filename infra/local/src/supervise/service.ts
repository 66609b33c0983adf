/** One process that the stack keeps running. */
export interface Service {
  name: string
  /** What people open or connect to; null: nothing for people. */
  url: string | null
  /** Where it says how it is; null: it has no such page. */
  health: string | null
  /** It goes on when the stack is killed, and the next start takes it up again. */
  outlivesUs?: boolean
  /** Its crashes are meant: none is told, and the wait before the next start never grows. */
  isMeantToCrash?: boolean
  launch(): Promise<Launched>
  /** Resolves when it can do its work; retries by itself until `signal` aborts. */
  ready(signal: AbortSignal): Promise<void>
  stop(launched: Launched): Promise<void>
  /** The last lines that it printed, for people. */
  lastWords?: () => string
}

export interface Launched {
  pid: number
  /** Why it ended, in a few words. */
  exited: Promise<string>
}

export type ServiceState = 'starting' | 'ready' | 'restarting' | 'stopped'

/** A line of the table. */
export interface ServiceRow {
  service: string
  url: string | null
  health: string | null
  state: ServiceState | 'yours'
  /** null where it is not a process of ours. */
  pid: number | null
}
