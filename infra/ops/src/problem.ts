/** How a command ends, the same numbers as the other commands of this repository where they mean the same. */
export const EXIT = {
  ok: 0,
  /** Something was found that a person has to look at, or a fault. */
  finding: 1,
  usage: 2,
  /** The present state does not allow it, or there is no such thing: nothing moved. */
  refused: 3,
  unreachable: 5,
  auth: 6,
} as const

/** A failure that people can mend: `message` is one sentence that says what to do. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly exitCode: number

  constructor(message: string, exitCode: number, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.exitCode = exitCode
  }
}

export const usageProblem = (message: string): Problem => new Problem(message, EXIT.usage)
