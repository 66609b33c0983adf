/** A process cannot start as it is set up; the message tells people what to mend. */
export class StartError extends Error {
  override readonly name: string = 'StartError'
}
