import type { ChaosReport } from './run-chaos.ts'

const FAULTS = {
  lostReplies: 'no reply was lost',
  connectionKills: 'no connection was killed',
  serverKills: 'no server was killed',
} as const satisfies Partial<Record<keyof ChaosReport, string>>

type Suffered = Pick<ChaosReport, 'lives' | keyof typeof FAULTS>

/** Why a run proves less than it should: lives that were not lived, faults that never came. */
export function missedFaults(report: Suffered, lives: number): string[] {
  const missed = Object.entries(FAULTS) as [keyof typeof FAULTS, string][]
  return [
    ...(report.lives === lives ? [] : [`${report.lives} of ${lives} lives were lived`]),
    ...missed.filter(([fault]) => report[fault] === 0).map(([, says]) => says),
  ]
}
