import { stripVTControlCharacters } from 'node:util'

export interface TestCount {
  passed: number
  failed: number
  skipped: number
}

/** Adds up the closing lines that Jest prints for each package: `Tests: 1 failed, 5 passed, 6 total`. */
export function createTestCounter(): { read: (line: string) => void; count: TestCount } {
  const count: TestCount = { passed: 0, failed: 0, skipped: 0 }
  return {
    count,
    read(line) {
      const totals = /\bTests:\s+(.*\d+ total)/.exec(stripVTControlCharacters(line))?.[1]
      if (totals === undefined) return
      for (const kind of ['passed', 'failed', 'skipped'] as const)
        count[kind] += Number(new RegExp(`(\\d+) ${kind}`).exec(totals)?.[1] ?? 0)
    },
  }
}

/** `12 passed, 0 failed`. A run that failed without a failed test (a crash, a broken build) counts one. */
export function renderCount({ passed, failed, skipped }: TestCount, exitCode: number): string {
  const failures = exitCode === 0 ? failed : Math.max(failed, 1)
  return `${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
