import type { Client } from '@temporalio/client'
import { Pool } from 'pg'
import type { Customer } from './customer.ts'

/** What became of a job, as its ledger, its customer and Temporal have it. */
export interface Books {
  /** What the customer sees. */
  status: string
  /** Credits that the customer is shown as paid. */
  shownNet: number
  /** By generation. */
  charges: string[]
  /** Oldest first: `debit -48`. */
  lines: string[]
  /** Credits that the task has cost so far. */
  paid: number
  price: number
  /** State of the newest run. */
  run: string
}

export type ReadBooks = (us: Customer, taskId: string) => Promise<Books>

/** Reads a task's books; the ledger straight from its tables. */
export function openBooks(database: string, temporal: Client) {
  const pool = new Pool({ connectionString: database, max: 4 })
  const read: ReadBooks = async (us, taskId) => {
    const charges = await pool.query<{ state: string; price: string | null }>(
      `select state, credits_per_second * seconds as price from billing.charge
         where task_id = $1 order by generation`,
      [taskId],
    )
    const lines = await pool.query<{ kind: string; delta: string }>(
      `select kind, delta from billing.entry where task_id = $1 order by seq`,
      [taskId],
    )
    const task = await us.getTask(taskId)
    const run = await temporal.workflow.getHandle(taskId).describe()
    return {
      status: task.status,
      shownNet: task.cost.net_credits,
      charges: charges.rows.map(({ state }) => state),
      lines: lines.rows.map(({ kind, delta }) => `${kind} ${delta}`),
      paid: lines.rows.reduce((sum, { delta }) => sum - Number(delta), 0),
      price: Number(charges.rows[0]?.price ?? 0),
      run: run.status.name,
    }
  }
  return {
    read,
    /** Takes credits off an account as if they were spent on something else. */
    async spend(accountId: string, credits: number): Promise<void> {
      await pool.query(`select billing.adjust($1, $2, $3, null, 'spent meanwhile', 'tests')`, [
        accountId,
        `spent-${accountId}`,
        -credits,
      ])
    },
    [Symbol.asyncDispose]: () => pool.end(),
  }
}

const LIVE = ['debited', 'settled', 'waived']

/** What is wrong with the books of a job whose workflow is closed; `before` is how they stood when delivered. */
export function violationsOf(books: Books, delivered?: Books): string[] {
  const { status, charges, paid, price, shownNet } = books
  const live = charges.filter((state) => LIVE.includes(state))
  const wrong: string[] = []
  const must = (holds: boolean, what: string) => holds || wrong.push(what)

  must(paid >= 0 && paid <= price, `paid ${paid} of a price of ${price}`)
  must(live.length <= 1, `${live.length} live charges`)
  must(!charges.includes('debited'), 'a charge is open and the workflow is closed')
  must(shownNet === paid, `the customer is shown ${shownNet} credits, the ledger has ${paid}`)
  if (status === 'completed') {
    must(live.length === 1, 'delivered, and no live charge')
    must(live[0] !== 'settled' || paid === price, `delivered for ${paid} of ${price}`)
  } else if (status === 'failed') {
    must(live.length === 0 && paid === 0, `failed, and ${paid} credits are kept`)
  } else {
    must(status === 'canceled', `still ${status} and the workflow is closed`)
  }
  if (delivered) {
    must(status === 'completed', `was delivered, is ${status}`)
    must(paid === delivered.paid, `paid ${delivered.paid} when delivered, ${paid} now`)
  }
  return wrong
}
