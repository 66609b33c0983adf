/** How the process ends, the same numbers as a customer's CLI. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  taskFailed: 3,
  credits: 4,
  network: 5,
  auth: 6,
  interrupted: 130,
} as const

/** A failure that people can mend: `message` is one sentence that names the fix. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT.unexpected, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.exitCode = exitCode
  }
}
