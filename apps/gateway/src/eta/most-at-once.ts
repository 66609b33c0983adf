/** A span of time, epoch ms. */
export interface Span {
  from: number
  to: number
}

/** How many of the spans overlapped at the busiest moment. */
export function mostAtOnce(spans: readonly Span[]): number {
  const steps = spans.flatMap(({ from, to }) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ])
  steps.sort((a, b) => a.at - b.at || a.by - b.by) // one that ends makes room for one that begins
  let open = 0
  let most = 0
  for (const { by } of steps) {
    open += by
    most = Math.max(most, open)
  }
  return most
}
