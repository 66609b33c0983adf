import type { StepEvent } from '../steps/run-steps.ts'
import type { ServiceRow } from '../supervise/service.ts'
import type { LogLine } from './log-line.ts'

/** Where a stack is reached; what scripts wait for. */
export interface ReadyStack {
  /** Origin of the public API. */
  api: string
  /** Origins of all its gateways; the first is `api`. */
  gateways: readonly string[]
  /** An API key of the local account. */
  key: string
  /** One of its test account. */
  testKey: string
  temporal: {
    address: string
    namespace: string
    ui: string | null
    /** The CLI that the server was started with; null: a server of yours is used. */
    program: string | null
  }
  /** Administrator's URL. */
  database: string
  /** Origin that serves the folder of sample files. */
  samples: string
}

/** Where a command tells what happens: people read text, scripts read one object a line. */
export interface Reporter {
  step: (event: StepEvent) => void
  service: (row: ServiceRow) => void
  log: (line: LogLine) => void
  ready: (stack: ReadyStack, rows: readonly ServiceRow[]) => void
  /** A sentence for people. */
  say: (text: string) => void
}
