/** The last branch of a `switch` over a union: a new kind breaks the build, not the customer. */
export function unreachable(value: never): never {
  throw new TypeError(`Unexpected value ${JSON.stringify(value)}`)
}
