import type { BillingContext } from '../context.ts'
import { lineText } from '../ledger/line-text.ts'
import { callReport } from './finding-store.ts'
import type { PassFindings } from './finding-store.ts'

const SUBJECT_MAX = 100
const PROBLEM_MAX = 500

/** Replaces what the last pass found; each metric and `GET /books` read it from the table. */
export async function reportFindings(
  { db, events }: BillingContext,
  { findings, ...pass }: PassFindings,
): Promise<void> {
  const rows = findings.map(({ check, subject, problem }) => ({
    check,
    subject: lineText(subject, SUBJECT_MAX),
    problem: lineText(problem, PROBLEM_MAX),
  }))
  await callReport(db, { findings: rows, ...pass })
  events.passEnded(rows)
}
