import { AppError, unreachable } from '@upscale/types'
import type { ChargeView } from '@upscale/types'
import type { Job } from './find-job.ts'

/** What is the case with a job, as far as an operator's action depends on it. */
export type JobCase =
  | 'parked'
  | 'running'
  | 'delivered'
  | 'canceled'
  /** It is over, and its charge is still open. */
  | 'open_charge'
  /** It is over and charged, and nobody has a result of it. */
  | 'undelivered'
  | 'refunded'
  | 'uncharged'

export function caseOf(job: Job): JobCase {
  if (job.run.state === 'running') return job.run.isParked ? 'parked' : 'running'
  if (job.status === 'completed') return 'delivered'
  if (job.status === 'canceled') return 'canceled'
  const live = liveCharge(job)
  if (live) return live.state === 'debited' ? 'open_charge' : 'undelivered'
  return givenBack(job) > 0 ? 'refunded' : 'uncharged'
}

/** The one charge that stands or may yet stand. */
export const liveCharge = ({ charges }: Job): ChargeView | undefined =>
  charges.find(({ state }) => state === 'debited' || state === 'settled' || state === 'waived')

export const givenBack = ({ charges }: Job): number =>
  charges.reduce((total, charge) => total + charge.givenBack, 0)

type Sentence = readonly [key: string, says: string]

/** Why an action does not fit, and what does; `own` are the action's own words for some of the cases. */
export function refusalOf(job: Job, own: Partial<Record<JobCase, Sentence>> = {}): AppError {
  const jobCase = caseOf(job)
  const [key, says] = own[jobCase] ?? sentenceFor(jobCase, job)
  return new AppError('ACTION_REFUSED', `${job.taskId} ${says}`, { key, param: 'taskId' })
}

function sentenceFor(jobCase: JobCase, job: Job): Sentence {
  switch (jobCase) {
    case 'parked':
      return job.status === 'completed'
        ? ['parked', 'was delivered, but a run of it is parked: cancel stops that run alone']
        : ['parked', 'is parked: retry goes on with it, refund gives the credits back']
    case 'running':
      return job.status === 'completed'
        ? ['still_running', 'was delivered, but a run of it goes on: cancel stops that run alone']
        : ['still_running', 'is still running: cancel stops it and refunds']
    case 'delivered':
      return ['already_delivered', deliveredText(job)]
    case 'canceled':
      return [
        'already_canceled',
        'was canceled by its customer: a grant can give back what it kept',
      ]
    case 'open_charge':
      return [
        'workflow_gone',
        'has an open charge, but its workflow is gone: the reconciler refunds it within minutes',
      ]
    case 'undelivered':
      return liveCharge(job)?.state === 'waived'
        ? [
            'live_charge',
            'is free of charge but not delivered: reset its workflow in Temporal to deliver it',
          ]
        : [
            'live_charge',
            'was charged but not delivered: reset its workflow in Temporal to deliver it, or reverse it',
          ]
    case 'refunded':
      return [
        'already_refunded',
        `was refunded already (${givenBack(job)} credits): rerun starts it again`,
      ]
    case 'uncharged':
      return job.status === null
        ? NEVER_ADMITTED
        : ['not_charged', 'is over and was never charged: rerun starts it again']
    default:
      return unreachable(jobCase)
  }
}

/** No customer has the id of such a task: the request that made it was refused, or not answered. */
const NEVER_ADMITTED = [
  'never_admitted',
  'was never admitted and nothing is charged: no customer has its id, and a new request makes a new task',
] as const satisfies Sentence

function deliveredText({ charges }: Job): string {
  const has = (state: ChargeView['state']) => charges.some((charge) => charge.state === state)
  if (has('settled')) return 'was delivered: reverse gives the credits back'
  if (has('debited')) {
    return 'was delivered, but its charge is open: reset its workflow in Temporal, which settles it'
  }
  if (has('waived')) return 'was delivered free of charge: there is nothing to give back'
  if (has('reversed')) return 'was delivered, and was given back already: there is nothing to do'
  return 'was delivered unpaid: there is nothing to give back'
}
