/** The value below which the share `p` (0–1) of the figures lies. */
export function percentile(figures: readonly number[], p: number): number {
  const sorted = [...figures].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? NaN
}

export const median = (figures: readonly number[]): number => percentile(figures, 0.5)

/** Prints one figure; where there is a peer, its figure and the ratio too. */
export function report(
  what: string,
  figure: string,
  against?: { peer: string; ratio: number; aim: string },
): void {
  const beside = against
    ? `  | ${against.peer} | ratio ${against.ratio.toFixed(2)} (aim ${against.aim})`
    : ''
  process.stdout.write(`${what.padEnd(52)} ${figure}${beside}\n`)
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`
