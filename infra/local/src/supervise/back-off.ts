const FIRST_MS = 250
const LONGEST_MS = 10_000

/** How long to wait before start number `failures + 1`, ms: doubles up to ten seconds. */
export const backOffMs = (failures: number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1))
