/** How a media type is liked by an `Accept` header. */
export interface Liking {
  /** 0 to 1. */
  quality: number
  /** 3 it is named, 2 its family is, 1 anything is taken, 0 it is not taken. */
  specificity: number
}

/** What an `Accept` header says of a media type: the most specific range decides. */
export function likingOf(type: string, accept: string): Liking {
  let best: Liking = { quality: 0, specificity: 0 }
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    const specificity = specificityOf(range, type)
    if (specificity > best.specificity) best = { specificity, quality: weightIn(parameters) }
  }
  return best
}

function specificityOf(range: string, type: string): number {
  if (range === type) return 3
  if (range === `${type.split('/', 1)[0]}/*`) return 2
  return range === '*/*' ? 1 : 0
}

function weightIn(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  if (weight === undefined) return 1
  const value = Number(weight.slice(2))
  return value >= 0 && value <= 1 ? value : 0
}
