import type { Finding } from '@upscale/types'
import type { ReconcileReport } from './activities.ts'

const MOST = 100 // of each list: the rest stands in the books

/** The report as people read it: the first hundred of each check and list. */
export function shortened(report: ReconcileReport): ReconcileReport {
  const checks = Map.groupBy(onceEach(report.findings), ({ check }) => check)
  return {
    openCharges: report.openCharges,
    refunded: report.refunded.slice(0, MOST),
    reversed: report.reversed.slice(0, MOST),
    endedTasks: report.endedTasks.slice(0, MOST),
    findings: [...checks.values()].flatMap(firstOf),
  }
}

/** Markdown for the page of the pass in the Temporal UI. */
export function reportText(report: ReconcileReport): string {
  const { openCharges, refunded, reversed, endedTasks } = report
  const { findings } = shortened(report)
  const done = `${openCharges} open charges; ${refunded.length} refunded, ${reversed.length} reversed, ${endedTasks.length} rows ended.`
  if (findings.length === 0) return `**The books are right.** ${done}`
  const lines = findings.map(
    ({ check, subject, problem }) => `- \`${check}\` ${subject}: ${problem}`,
  )
  return [`**${findings.length} findings need an operator.** ${done}`, ...lines].join('\n')
}

/** The first word about a subject stands: it is the more exact one. */
export function onceEach(findings: readonly Finding[]): Finding[] {
  const bySubject = new Map<string, Finding>()
  for (const finding of findings) {
    const key = `${finding.check} ${finding.subject}`
    if (!bySubject.has(key)) bySubject.set(key, finding)
  }
  return [...bySubject.values()]
}

function firstOf(findings: readonly Finding[]): Finding[] {
  const [first] = findings
  if (!first || findings.length <= MOST) return [...findings]
  const problem = `${findings.length - MOST} more of this kind`
  return [...findings.slice(0, MOST), { check: first.check, subject: 'and more', problem }]
}
