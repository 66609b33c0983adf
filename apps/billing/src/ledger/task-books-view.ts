import { toCredits } from '@upscale/types'
import type { AccountId, ChargeView, LedgerLine, TaskBooks, TaskId } from '@upscale/types'
import type { readTaskCharges, readTaskLines } from './charge-store.ts'

type ChargeRow = Awaited<ReturnType<typeof readTaskCharges>>[number]
type LineRow = Awaited<ReturnType<typeof readTaskLines>>[number]

/** All that the ledger knows of a task; undefined where no charge and no line names it. */
export function taskBooksView(
  taskId: TaskId,
  charges: readonly ChargeRow[],
  lines: readonly LineRow[],
): TaskBooks | undefined {
  const first = charges[0] ?? lines[0]
  if (!first) return undefined
  return {
    taskId,
    accountId: first.accountId as AccountId,
    charges: charges.map(chargeView),
    lines: lines.map(lineView),
  }
}

const chargeView = (row: ChargeRow): ChargeView => ({
  generation: row.generation,
  state: row.state,
  credits: row.amount === null ? null : toCredits(row.amount),
  givenBack: toCredits(row.givenBack ?? 0n),
  reason: row.reason,
  createdAt: row.createdAt.toISOString(),
  closedAt: row.closedAt?.toISOString() ?? null,
})

const lineView = (row: LineRow): LedgerLine => ({
  id: row.id,
  kind: row.kind,
  amount: toCredits(row.delta),
  balanceAfter: toCredits(row.balanceAfter),
  generation: row.generation,
  reason: row.reason,
  actor: row.actor,
  createdAt: row.createdAt.toISOString(),
})
