import { ActivityFailure } from '@temporalio/common'
import type { BooksCheck, Finding, TaskId } from '@upscale/types'
import { STOPPED } from '../failures.ts'
import type { JobState, Page, Paged, ReconcileInput, ReconcileReport } from './activities.ts'
import { rows } from './clocked-activities.ts'

const REPAIRS_AT_ONCE = 8
const REPAIRS_BUDGET_MS = 10 * 60_000 // a part of ours that is down must not keep the pass from its report
const PAGE_SIZE = 50 // of some 150 bytes: a payload stays below 10 kB

const NOT_COMPARED = 'not compared'

export type Pass = ReturnType<typeof openPass>

/** What one pass has found and done so far. `standing`: what the passes before it left. */
export function openPass(input: ReconcileInput, standing: readonly Finding[]) {
  const startedAt = Date.now()
  const failures: ActivityFailure[] = []
  let repairsBegan: number | undefined
  const report: ReconcileReport = {
    openCharges: 0,
    refunded: [],
    reversed: [],
    endedTasks: [],
    findings: [],
  }
  const found = (...findings: readonly Finding[]) => void report.findings.push(...findings)

  async function repair(check: BooksCheck, taskId: TaskId, work: () => Promise<void>) {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error
      found({ check, subject: taskId, problem: `The repair failed: ${reasonOf(error)}` })
    }
  }

  return {
    input,
    standing,
    report,
    failures,
    found,
    now: startedAt,

    /**
     * One comparison. Where a service does not answer, that is a finding, what earlier passes found by it
     * stands on, and the other comparisons go on.
     */
    async compare(
      check: BooksCheck,
      covers: (finding: Finding) => boolean,
      work: () => Promise<void>,
    ): Promise<void> {
      try {
        await work()
      } catch (error) {
        if (!(error instanceof ActivityFailure)) throw error
        failures.push(error)
        const problem = `This pass could not compare it: ${reasonOf(error)}`
        found({ check, subject: NOT_COMPARED, problem })
        found(...standing.filter((it) => covers(it) && it.subject !== NOT_COMPARED))
      }
    },

    /** One repair for each, a few at once; where one does not come about, that is a finding. */
    async repairEach<Item extends { taskId: TaskId }>(
      check: BooksCheck,
      items: readonly Item[],
      work: (item: Item) => Promise<void>,
    ): Promise<void> {
      for (let from = 0; from < items.length; from += REPAIRS_AT_ONCE) {
        repairsBegan ??= Date.now()
        if (Date.now() - repairsBegan > REPAIRS_BUDGET_MS) {
          const problem = 'No time was left for the repair: the next pass tries it'
          found(...items.slice(from).map(({ taskId }) => ({ check, subject: taskId, problem })))
          return
        }
        const few = items.slice(from, from + REPAIRS_AT_ONCE)
        await Promise.all(few.map((item) => repair(check, item.taskId, () => work(item))))
      }
    },
  }
}

/** Ends the row of a job that came to nothing. Without an order no customer ever got this id. */
export async function endTask({ taskId, accountId }: JobState): Promise<void> {
  if (accountId === null) return
  await rows.recordTask({ taskId, accountId, at: Date.now(), status: 'failed', error: STOPPED })
}

/** All pages of a list, one after the other. */
export async function* pages<Item>(
  read: (page: Page) => Promise<Paged<Item>>,
): AsyncGenerator<Item[]> {
  for (let after: string | null | undefined; after !== null;) {
    const page: Paged<Item> = await read({ limit: PAGE_SIZE, ...(after && { after }) })
    if (page.items.length > 0) yield page.items
    after = page.next
  }
}

export const reasonOf = (error: ActivityFailure): string => error.cause?.message ?? error.message
