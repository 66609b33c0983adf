/** Every process of a stack. */
export const PROCESSES = [
  'gateway',
  'gateway-worker',
  'orchestrator',
  'billing',
  'media-probe',
  'upscale-worker',
  'postgres',
  'temporal',
] as const
export type Process = (typeof PROCESSES)[number]

/** Where a job stands when it happens, in the order in which a job passes them. */
export const STAGES = [
  'probing',
  'debiting',
  'queued',
  'fetching',
  'upscaling',
  'finalizing',
  'settling',
  'recording',
  'parked',
] as const
export type Stage = (typeof STAGES)[number]

/** What happens to one process while jobs run. */
export interface Cell {
  process: Process
  stage: Stage
  /** Milliseconds until it goes on; 0: killed. */
  haltMs: number
}

const SHORT_HALT_MS = 1_500
// Behind the clocks of the step that the process was in: it comes back and finds its attempt retried.
const LONG_HALTS: readonly Cell[] = [
  { process: 'billing', stage: 'debiting', haltMs: 6_000 },
  { process: 'billing', stage: 'settling', haltMs: 12_000 },
  { process: 'gateway-worker', stage: 'recording', haltMs: 12_000 },
  { process: 'orchestrator', stage: 'debiting', haltMs: 12_000 },
  { process: 'orchestrator', stage: 'settling', haltMs: 12_000 },
  { process: 'upscale-worker', stage: 'fetching', haltMs: 34_000 },
  { process: 'upscale-worker', stage: 'upscaling', haltMs: 34_000 },
  { process: 'upscale-worker', stage: 'finalizing', haltMs: 34_000 },
]

/** Stage by stage, so that a process has time to become steady before it is hit again. */
const everyProcess = (haltMs: number): Cell[] =>
  STAGES.flatMap((stage) => PROCESSES.map((process) => ({ process, stage, haltMs })))

/** Every process at every stage: killed, halted for a moment, and some halted for long. */
export const ALL_CELLS: readonly Cell[] = [
  ...everyProcess(0),
  ...everyProcess(SHORT_HALT_MS),
  ...LONG_HALTS,
]

/** Quick ones from all over the table. */
export const FEW_CELLS: readonly Cell[] = [
  { process: 'billing', stage: 'settling', haltMs: 0 },
  { process: 'postgres', stage: 'debiting', haltMs: 0 },
  { process: 'gateway-worker', stage: 'queued', haltMs: 0 },
  { process: 'temporal', stage: 'parked', haltMs: 0 },
  { process: 'upscale-worker', stage: 'finalizing', haltMs: SHORT_HALT_MS },
  { process: 'billing', stage: 'debiting', haltMs: 6_000 },
]

/** `billing killed`, `billing halted`, `billing halted for long`: a row of the table. */
export const rowOf = ({ process, haltMs }: Cell): string => `${process} ${deedOf(haltMs)}`

export const nameOf = (cell: Cell): string => `${rowOf(cell)} at ${cell.stage}`

function deedOf(haltMs: number): string {
  if (haltMs === 0) return 'SIGKILL'
  return haltMs > SHORT_HALT_MS ? 'SIGSTOP, long' : 'SIGSTOP'
}
