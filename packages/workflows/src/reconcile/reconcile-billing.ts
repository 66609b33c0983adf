import { ActivityFailure, ApplicationFailure } from '@temporalio/common'
import { setCurrentDetails } from '@temporalio/workflow'
import type { Finding } from '@upscale/types'
import type { ReconcileInput, ReconcileReport } from './activities.ts'
import { books, wholeBooks } from './clocked-activities.ts'
import { isAboutOpenCharges, refundOpenCharges } from './open-charges.ts'
import { openPass, reasonOf } from './pass.ts'
import type { Pass } from './pass.ts'
import { onceEach, reportText, shortened } from './report.ts'
import { isAboutUndelivered, mendUndelivered } from './undelivered.ts'
import { findUnpaidDeliveries, isAboutUnpaid } from './unpaid.ts'

/**
 * One pass over money and jobs: gives back what jobs left behind that are over, and reports what nobody
 * may mend but an operator. It never takes credits; each of its calls may be repeated and may race a job.
 */
export async function reconcileBilling(input: ReconcileInput): Promise<ReconcileReport> {
  const pass = openPass(input, await books.readFindings())
  let isHalted = false
  await pass.compare('books', isAboutBooks, async () => pass.found(...(await books.proveBooks())))
  await pass.compare('open_charge', isAboutOpenCharges, async () => {
    isHalted = await refundOpenCharges(pass)
  })
  await pass.compare('undelivered', isAboutUndelivered, () => mendUndelivered(pass))
  await pass.compare('delivered_unpaid', isAboutUnpaid, () => findUnpaidDeliveries(pass))
  if (input.audit) await auditBooks(pass) // last: it is slow, and what is owed comes first

  const findings = onceEach(pass.report.findings)
  await books.reportFindings({ findings, audited: input.audit, sinceMs: pass.now })
  const report = shortened({ ...pass.report, findings })
  setCurrentDetails(reportText(pass.report))
  const [failure] = pass.failures
  if (failure)
    throw failed('INCOMPLETE_PASS', `The pass could not compare everything: ${reasonOf(failure)}`)
  if (isHalted) throw failed('LOST_JOBS', 'Too many jobs look lost: see the findings')
  return report
}

const isAboutBooks = ({ check }: Finding): boolean => check === 'books'

/** A night without its audit is a finding of its own. */
async function auditBooks(pass: Pass): Promise<void> {
  try {
    pass.found(...(await wholeBooks.auditBooks()))
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error
    const problem = `The nightly look at everything did not come about: ${reasonOf(error)}`
    pass.found(...pass.standing.filter(({ check }) => check === 'audit'))
    pass.found({ check: 'audit', subject: 'audit', problem })
  }
}

const failed = (type: 'LOST_JOBS' | 'INCOMPLETE_PASS', message: string): ApplicationFailure =>
  ApplicationFailure.create({ type, message, nonRetryable: true })
