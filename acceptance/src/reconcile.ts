import type { Operator } from './operator.ts'

interface Report {
  refunded: string[]
  reversed: string[]
  endedTasks: string[]
}

let passes = 0

/** A pass of the reconciler that waits for nobody. How much it had to mend. */
export async function reconcile({ temporal }: Pick<Operator, 'temporal'>): Promise<number> {
  passes += 1
  const input = {
    openAfterMs: 0,
    closedForMs: 0,
    undeliveredAfterMs: 0,
    windowMs: 86_400_000,
    audit: false,
  }
  const report = await temporal.workflow.execute<(given: typeof input) => Promise<Report>>(
    'reconcileBilling',
    {
      workflowId: `reconcile-by-hand-${process.pid}-${passes}`,
      taskQueue: 'orchestrator',
      args: [input],
    },
  )
  return report.refunded.length + report.reversed.length + report.endedTasks.length
}
