/** What is known of one job when all is over. */
export interface JobFacts {
  /** null: the POST left no trace. */
  taskId: string | null
  /** What the customer heard; `cut`: nothing. */
  heard: 'admitted' | 'refused' | 'cut'
  /** Credits that a delivery costs. */
  price: number
  /** Status that the API gives; null: there is no such task. */
  status: string | null
  /** The result of a completed task can be downloaded. */
  isThere: boolean
  /** Status of its workflow; null: there is none. */
  run: string | null
  charges: { generation: number; state: string; amount: number | null }[]
  /** What its ledger lines sum up to, the other way round. */
  paid: number
}

export type Outcome = 'delivered' | 'refunded' | 'refused'
export const VIOLATIONS = ['lost', 'charged twice', 'not refunded'] as const
export type Violation = (typeof VIOLATIONS)[number]

const ENDS: readonly string[] = ['COMPLETED', 'FAILED', 'CANCELLED'] // by its own code
const LIVE = ['debited', 'settled', 'waived']

/** How a job ended, or what is wrong with it. */
export function verdictOn(job: JobFacts): Outcome | Violation {
  const live = job.charges.filter(({ state }) => LIVE.includes(state))
  if (job.run !== null && !ENDS.includes(job.run)) return 'lost'
  if (live.length > 1 || job.paid > job.price) return 'charged twice'
  switch (job.status) {
    case 'completed':
      return isPaid(job, live[0]?.state) && job.isThere ? 'delivered' : 'lost'
    case 'failed':
      return job.paid === 0 && live.length === 0 ? 'refunded' : 'not refunded'
    case null:
      if (job.heard === 'admitted' || live.length > 0) return 'lost'
      return job.paid === 0 ? 'refused' : 'not refunded'
    default:
      return 'lost' // nobody works on it any more
  }
}

function isPaid({ paid, price }: JobFacts, state: string | undefined): boolean {
  return state === 'settled' ? paid === price : state === 'waived' && paid === 0
}
