import { randomUUID } from 'node:crypto'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { testTemporal } from '@upscale/testing'
import type {
  ChargeAnswer,
  ChargeKey,
  ChargeState,
  Finding,
  RefundInput,
  TaskId,
} from '@upscale/types'
import { QUEUES, SEARCH_ATTRIBUTES } from '../src/activities.ts'
import type {
  BillingActivities,
  BooksActivities,
  ChargeFacts,
  GatewayActivities,
  JobState,
  JobsActivities,
  Page,
  Paged,
  RecordTaskInput,
} from '../src/activities.ts'
import type { reconcileBilling } from '../src/index.ts'
import { RECONCILE_INPUT } from '../src/reconcile/schedules.ts'
import { bundle } from './job-bench.ts'

type Steps = BooksActivities &
  Pick<BillingActivities, 'refund'> &
  JobsActivities &
  GatewayActivities

const BOOKS = [
  'proveBooks',
  'auditBooks',
  'listOpenCharges',
  'listSettledCharges',
  'findUnpaid',
  'readCharges',
  'reverse',
  'readFindings',
  'reportFindings',
  'refund',
] as const satisfies (keyof Steps)[]
const JOBS = [
  'readJobs',
  'readUndelivered',
  'listOpenJobs',
  'listDelivered',
  'recordTask',
] as const satisfies (keyof Steps)[]

/** What money and jobs look like before a pass. */
export interface World {
  charges: ChargeFacts[]
  jobs: JobState[]
  findings: Finding[]
}

/** The real workflow on a namespace of its own, over books and jobs that each test lays out. */
export async function reconcileBench() {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  const temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  const connection = await NativeConnection.connect({ address: temporal.address })
  let steps: Steps
  const common = { connection, namespace: temporal.namespace }
  const activities = (names: readonly (keyof Steps)[]) =>
    Object.fromEntries(
      names.map((name) => [name, (input: never) => (steps[name] as (i: never) => unknown)(input)]),
    )
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: QUEUES.orchestrator, workflowBundle: bundle }),
    Worker.create({ ...common, taskQueue: QUEUES.billing, activities: activities(BOOKS) }),
    Worker.create({ ...common, taskQueue: QUEUES.gateway, activities: activities(JOBS) }),
  ])
  const running = workers.map((worker) => worker.run())

  return {
    begin(given: Partial<World> = {}, replaced: Partial<Steps> = {}) {
      const world: World = { charges: [], jobs: [], findings: [], ...given }
      const records: RecordTaskInput[] = []
      const refunds: RefundInput[] = []
      steps = { ...stepsOf(world, records, refunds), ...replaced }
      return { world, records, refunds }
    },
    start: (input: Partial<typeof RECONCILE_INPUT> = {}) =>
      temporal.client.workflow.start<typeof reconcileBilling>('reconcileBilling', {
        workflowId: `pass-${randomUUID()}`,
        taskQueue: QUEUES.orchestrator,
        args: [{ ...RECONCILE_INPUT, ...input }],
      }),
    async [Symbol.asyncDispose]() {
      for (const worker of workers) worker.shutdown()
      await Promise.all(running)
      await connection.close()
      await temporal[Symbol.asyncDispose]()
    },
  }
}

function stepsOf(world: World, records: RecordTaskInput[], refunds: RefundInput[]): Steps {
  const inState = (state: ChargeState) => world.charges.filter((charge) => charge.state === state)
  const move = (
    { taskId, generation }: ChargeKey,
    from: ChargeState,
    to: ChargeState,
  ): ChargeAnswer => {
    const charge = world.charges.find((it) => it.taskId === taskId && it.generation === generation)
    if (!charge) throw new Error(`no charge ${taskId}/${generation}`)
    const moves = charge.state === from
    if (moves) charge.state = to
    return { state: charge.state, givenBack: moves ? 48 : 0 }
  }
  const hasPaid = (taskId: TaskId) =>
    world.charges.some((it) => it.taskId === taskId && PAID.includes(it.state))
  return {
    proveBooks: async () => [],
    auditBooks: async () => [{ check: 'audit', subject: 'c:live', problem: 'does not add up' }],
    listOpenCharges: async (page) => slice(inState('debited'), page),
    listSettledCharges: async (page) => slice(inState('settled'), page),
    findUnpaid: async (taskIds) => taskIds.filter((id) => !hasPaid(id)),
    readCharges: async (taskIds) => world.charges.filter((it) => taskIds.includes(it.taskId)),
    reverse: async (input) => move(input, 'settled', 'reversed'),
    refund: async (input) => {
      refunds.push(input)
      return move(input, 'debited', 'refunded')
    },
    readFindings: async () => world.findings,
    reportFindings: async ({ findings, audited }) => {
      const kept = world.findings.filter(({ check }) => check === 'audit' && !audited)
      const told = findings.filter(({ check }) => check !== 'audit' || audited)
      world.findings = [...kept, ...told]
    },
    readJobs: async (taskIds) => world.jobs.filter((job) => taskIds.includes(job.taskId)),
    readUndelivered: async (taskIds) =>
      world.jobs.filter((job) => taskIds.includes(job.taskId) && !hasEndedWell(job)),
    listOpenJobs: async (page) => slice(world.jobs.filter(isOpen), page),
    listDelivered: async (page) =>
      slice(
        world.jobs.filter(({ status }) => status === 'completed').map(({ taskId }) => taskId),
        page,
      ),
    recordTask: async (change) => {
      records.push(change)
      const job = world.jobs.find(({ taskId }) => taskId === change.taskId)
      if (job && job.status !== 'completed') job.status = change.status
    },
  }
}

const PAID: readonly ChargeState[] = ['settled', 'waived', 'reversed']
const hasEndedWell = ({ status }: JobState) => status === 'completed' || status === 'canceled'
const isOpen = ({ status }: JobState) => status === 'pending' || status === 'processing'

/** Ten at a time, so that the tests see pages. */
function slice<Item>(items: Item[], { limit, after = '0' }: Page): Paged<Item> {
  const from = Number(after)
  const to = from + Math.min(limit, 10)
  return { items: items.slice(from, to), next: to < items.length ? String(to) : null }
}
