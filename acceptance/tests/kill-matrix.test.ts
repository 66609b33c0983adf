import { afterAll, describe, expect, test } from '@jest/globals'
import { startCustomerHost } from '../src/customer-host.ts'
import { complaintsOf, runCell } from '../src/kill-cell.ts'
import { FEW_CELLS, nameOf } from '../src/kill-cells.ts'
import { verdictOn } from '../src/kill-verdict.ts'
import type { JobFacts } from '../src/kill-verdict.ts'
import { openOperator } from '../src/operator.ts'
import { sharedStack } from '../src/shared-stack.ts'

const stack = sharedStack()
const host = await startCustomerHost(stack.customerPort)
const operator = await openOperator(stack)

afterAll(async () => {
  await host[Symbol.asyncDispose]()
  await operator[Symbol.asyncDispose]()
})

test.each(FEW_CELLS.map((cell, index) => ({ name: nameOf(cell), cell, index })))(
  '$name: every job ends, paid once or given back',
  async ({ cell, index }) => {
    const result = await runCell({ stack, host, operator }, cell, index)
    expect(complaintsOf(result)).toEqual([])
    expect(result.jobs.length).toBeGreaterThanOrEqual(3)
  },
)

describe('the verdict on a job', () => {
  const once = { generation: 1, state: 'settled', amount: 48 }
  const settled = [once]
  const delivered: JobFacts = {
    taskId: 'task_1',
    heard: 'admitted',
    price: 48,
    status: 'completed',
    isThere: true,
    run: 'COMPLETED',
    charges: settled,
    paid: 48,
  }
  const refunded = [{ generation: 1, state: 'refunded', amount: 48 }]
  const failed = { status: 'failed', run: 'FAILED', isThere: false, charges: refunded, paid: 0 }
  const noTask = { status: null, isThere: false, charges: [], paid: 0 }

  test.each<[string, Partial<JobFacts>]>([
    ['delivered', {}],
    ['delivered', { charges: [{ generation: 2, state: 'waived', amount: 48 }], paid: 0 }],
    ['refunded', failed],
    ['refunded', { ...failed, run: 'CANCELLED' }],
    ['refused', { ...noTask, heard: 'refused' }],
    ['refused', { ...noTask, heard: 'cut', taskId: null, run: null }],
    ['lost', noTask],
    ['lost', { isThere: false }],
    ['lost', { charges: [], paid: 0 }],
    ['lost', { charges: [{ generation: 1, state: 'debited', amount: 48 }] }],
    ['lost', { status: 'processing' }],
    ['lost', { run: 'RUNNING' }],
    ['lost', { run: 'TERMINATED' }],
    ['lost', { ...noTask, heard: 'cut', charges: settled, paid: 48 }],
    ['charged twice', { charges: [...settled, { ...once, generation: 2 }], paid: 96 }],
    ['charged twice', { paid: 96 }],
    ['not refunded', { ...failed, charges: settled, paid: 48 }],
    ['not refunded', { ...failed, paid: 12 }],
  ])('%s: %j', (verdict, facts) => {
    expect(verdictOn({ ...delivered, ...facts })).toBe(verdict)
  })
})
