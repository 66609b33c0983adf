export interface Out {
  write(text: string): unknown
  isTTY?: boolean | undefined
}

/** What the CLI takes from its process, so that a test can pass its own. */
export interface World {
  env: Record<string, string | undefined>
  /** Where relative paths start. */
  cwd: string
  /** State folder of the local stack that is meant where nothing is said. */
  stateFolder: string
  stdout: Out
  stderr: Out
  /** Name of the person at this machine; throws where the system has none. */
  userName: () => string
  now: () => Date
}
