import { unreachable } from '@upscale/types'
import type { BooksView, DoctorCheck, Finding } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { healthy, ill } from './doctor-check.ts'
import type { Check } from './doctor-check.ts'

const START = 'Start billing, or mend BILLING_URL and BILLING_SECRET of the gateway'
const MAX_PASS_AGE_MS = 300_000 // it passes every minute

/** Billing itself, and what the reconciler found in its books. */
export const billingChecks = ({ billing, now }: GatewayContext): Check[] => [
  {
    part: 'billing',
    fix: START,
    look: async () => [healthCheck(await billing.readHealth())],
  },
  {
    part: 'books',
    fix: START,
    look: async () => booksChecks(await billing.readBooksState(), now()),
  },
]

function healthCheck(parts: Readonly<Record<string, string>>): DoctorCheck {
  const broken = Object.entries(parts).filter(([, state]) => state !== 'ok')
  if (broken.length === 0) return healthy('billing', 'answers and is ready')
  const what = broken.map(([part, state]) => `${part}: ${state}`).join(', ')
  return ill('billing', `answers, but is not ready: ${what}`, 'Mend what it names')
}

/** Pure: when the last pass was, and a line for everything that nobody has mended yet. */
export function booksChecks(books: BooksView, now: Date): DoctorCheck[] {
  const { findings } = books
  const passed = passCheck(books, now)
  if (findings.length === 0) return [passed]
  return [passed, ...findings.map(findingCheck)]
}

function passCheck({ lastPassAt, findings, openCharges }: BooksView, now: Date): DoctorCheck {
  const ageMs = lastPassAt === null ? Infinity : now.getTime() - Date.parse(lastPassAt)
  if (ageMs > MAX_PASS_AGE_MS) {
    return ill(
      'books',
      lastPassAt === null ? 'were never compared' : `were last compared at ${lastPassAt}`,
      'The schedule reconcile-billing is paused, or the orchestrator is down: see those checks',
    )
  }
  const right = findings.length === 0 ? 'are right' : 'were compared'
  return healthy('books', `${right}, ${openCharges} open charges, last pass at ${lastPassAt}`)
}

const findingCheck = ({ check, subject, problem }: Finding): DoctorCheck =>
  ill(`books: ${check}`, `${subject}: ${problem}`, fixOf(check))

function fixOf(check: Finding['check']): string {
  switch (check) {
    case 'books':
    case 'audit':
      return 'Stop grants and new jobs of that account, and compare its lines with a backup'
    case 'open_charge':
      return 'The reconciler tries again each minute: read in the timeline why the refund fails'
    case 'undelivered':
      return 'Reset its workflow in Temporal to deliver it, or reverse the task'
    case 'unended_task':
      return 'The reconciler tries again each minute: see whether the gateway-worker runs'
    case 'delivered_unpaid':
      return 'Decide: `ops books accept` lets it be, `ops adjust --task` takes the credits'
    case 'lost_jobs':
      return 'Make sure that namespace and store are the right ones, then reconcile with --confirm-lost, which also reverses settled charges without a delivered task'
    default:
      return unreachable(check)
  }
}
