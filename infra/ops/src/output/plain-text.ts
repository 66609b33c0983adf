// Control characters, and those that turn the direction of what follows.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu

/** Text of others on one line that cannot steer the operator's terminal. */
export const plainText = (text: string): string => text.replace(UNPRINTABLE, ' ')
