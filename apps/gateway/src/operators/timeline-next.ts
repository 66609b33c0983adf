import type { ChargeView, LedgerLine, TaskStatus } from '@upscale/types'
import type { RunStatus } from './timeline-runs.ts'

export interface Standing {
  /** null: nothing is recorded. */
  status: TaskStatus | null
  parkedAt: string | null
  /** `GONE`: Temporal knows no run; undefined: it did not answer. */
  run: RunStatus | 'GONE' | undefined
  /** Undefined: billing did not answer. */
  charges: readonly ChargeView[] | undefined
  lines: readonly Pick<LedgerLine, 'kind' | 'amount' | 'generation' | 'actor'>[]
  /** An operator lets it be that nobody paid. */
  isAccepted: boolean
}

/** What an operator can do now, in one sentence or two. */
export function nextStep(standing: Standing): string {
  switch (standing.run) {
    case undefined:
      return 'Temporal does not answer, so nobody can say whether the job runs: mend that, then look again.'
    case 'PAUSED':
      return 'The workflow is paused, and nothing goes on until it is unpaused in the Temporal UI.'
    case 'RUNNING':
      return standing.parkedAt === null
        ? runningStep(standing)
        : parkedStep(standing.parkedAt, standing)
    default:
      return closedStep(standing)
  }
}

function runningStep({ status, charges }: Standing): string {
  if (status === null && !charges?.some(isOpen)) {
    return 'It is being probed and priced: nothing to do.'
  }
  if (status === 'completed') {
    return 'Delivered, and its run is not over yet (it ends, or was reset): nothing to do.'
  }
  return 'It runs: nothing to do. `cancel` stops it and gives the credits back.'
}

function parkedStep(since: string, { status, charges }: Standing): string {
  if (status === 'completed') {
    return (
      `Delivered, and a run that was reset is parked since ${since}: \`cancel\` stops that run alone, ` +
      '`reverse` gives the credits back once it is over.'
    )
  }
  const open = charges?.find(isOpen)
  if (charges && !open) {
    return (
      `Parked since ${since}, and nothing is charged any more: ` +
      '`retry` charges and upscales again, `refund` ends the job.'
    )
  }
  const back = open ? creditsOf(open) : 'the credits'
  return (
    `Parked since ${since}: \`retry\` upscales again at no new charge, ` +
    `\`refund\` gives ${back} back.`
  )
}

function closedStep({ status, run, charges, ...rest }: Standing): string {
  if (!charges) {
    return 'The job is over, and billing does not answer: mend that, then look again at what is charged.'
  }
  if (status === 'completed') return deliveredStep(charges, rest)
  if (status === 'canceled') return 'Canceled by the customer: nothing to do.'
  const open = charges.find(isOpen)
  if (open) {
    return (
      `The run is over (${run?.toLowerCase()}) and ${creditsOf(open)} are still charged: the reconciler ` +
      'gives them back within minutes, or `rerun` upscales again at that charge.'
    )
  }
  const paid = charges.find(({ state }) => state === 'settled')
  if (paid) {
    return (
      'Paid, but not delivered: reset its workflow in Temporal to deliver it, or `reverse` gives ' +
      `${creditsOf(paid)} back; the reconciler does so after an hour.`
    )
  }
  if (charges.some(({ state }) => state === 'waived')) {
    return 'Free of charge, but not delivered: reset its workflow in Temporal to deliver it.'
  }
  return unpaidStep({ status, run }, charges)
}

function deliveredStep(
  charges: readonly ChargeView[],
  { lines, isAccepted }: Pick<Standing, 'lines' | 'isAccepted'>,
): string {
  const paid = charges.find(({ state }) => state === 'settled')
  if (paid) {
    return `Delivered and paid: nothing to do. \`reverse\` gives ${creditsOf(paid)} back.`
  }
  if (charges.some(isOpen)) {
    return 'Delivered, but its charge is still open: reset its workflow in Temporal, which settles it; no adjustment.'
  }
  if (charges.some(({ state }) => state === 'waived')) {
    return 'Delivered free of charge: nothing to do.'
  }
  if (charges.some((charge) => isReversedByHand(charge, lines))) {
    return 'Delivered, and its credits were given back: nothing to do.'
  }
  if (lines.some(({ kind, amount }) => kind === 'adjust' && amount < 0)) {
    return 'Delivered, and an adjustment took its credits: nothing to do.'
  }
  if (isAccepted) return 'Delivered unpaid, and an operator let it be: nothing to do.'
  return 'Delivered, but nobody paid: `books accept` lets it be, `adjust --task` takes the credits.'
}

/** The job is over, and nothing is charged. */
function unpaidStep(
  { status, run }: Pick<Standing, 'status' | 'run'>,
  charges: readonly ChargeView[],
): string {
  if (status === null) {
    return 'It was never admitted and nothing is charged: the customer was told why, nothing to do.'
  }
  if (status !== 'failed') {
    return (
      `The job is over, nothing is charged, and its task still shows as ${status}: the reconciler ends ` +
      'it within minutes, or `rerun` charges and upscales again.'
    )
  }
  const refunded = charges.some(({ givenBack }) => givenBack > 0)
  const what = refunded ? 'Failed and refunded' : 'Failed, and nothing is charged'
  // Temporal starts no run behind one that ended without an error: its newest one was refused.
  return run === 'COMPLETED'
    ? `${what}: only a reset of its workflow in Temporal makes it run again.`
    : `${what}: \`rerun\` charges and upscales again.`
}

/** The reconciler reverses what it holds to be undelivered. */
const isReversedByHand = (charge: ChargeView, lines: Standing['lines']): boolean =>
  charge.state === 'reversed' &&
  lines.some(
    ({ kind, generation, actor }) =>
      kind === 'refund' && generation === charge.generation && actor !== 'reconciler',
  )

const isOpen = ({ state }: ChargeView): boolean => state === 'debited'

const creditsOf = ({ credits, givenBack }: ChargeView): string =>
  `${(credits ?? 0) - givenBack} credits`
