/** A media tool that did not end well; what it means is the caller's to say. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
  /** Null where a signal ended it. */
  readonly exitCode: number | null
  readonly exitSignal: NodeJS.Signals | null
  readonly timedOut: boolean
  /** The last lines it wrote; for our log only. */
  readonly stderr: string

  constructor(tool: string, end: ToolEnd) {
    super(`${tool} ${endText(end)}: ${end.stderr.trim().split('\n').at(-1) ?? ''}`)
    this.exitCode = end.exitCode
    this.exitSignal = end.exitSignal
    this.timedOut = end.timedOut
    this.stderr = end.stderr
  }
}

export interface ToolEnd {
  exitCode: number | null
  exitSignal: NodeJS.Signals | null
  timedOut: boolean
  stderr: string
}

function endText({ timedOut, exitSignal, exitCode }: ToolEnd): string {
  if (timedOut) return 'ran too long'
  return exitSignal ? `died of ${exitSignal}` : `exited with ${exitCode}`
}
