/**
 * Whether an `Accept` header likes `application/problem+json` better than `application/json`; in a tie,
 * with wildcards or without the header the envelope is sent.
 */
export const prefersProblem = (accept: string | undefined): boolean =>
  accept !== undefined &&
  qualityOf('application/problem+json', accept) > qualityOf('application/json', accept)

/** Weight of a media type, 0 to 1: the most specific range decides. */
function qualityOf(type: string, accept: string): number {
  let best = { specificity: 0, quality: 0 }
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    const specificity = specificityOf(range, type)
    if (specificity > best.specificity) best = { specificity, quality: weightIn(parameters) }
  }
  return best.quality
}

function specificityOf(range: string, type: string): number {
  if (range === type) return 3
  if (range === 'application/*') return 2
  return range === '*/*' ? 1 : 0
}

function weightIn(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  if (weight === undefined) return 1
  const value = Number(weight.slice(2))
  return value >= 0 && value <= 1 ? value : 0
}
