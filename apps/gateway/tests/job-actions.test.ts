import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import { JOB_ACTIONS } from '@upscale/types'
import type { AuditEntry, JobAction, TaskId } from '@upscale/types'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'
import { cancelUpdate } from '@upscale/workflows/messages'
import type { WorkerContext } from '../src/context.ts'
import { startWorker } from '../src/start-worker.ts'
import { eventually } from './eventually.ts'
import { insertOrder } from './insert-order.ts'
import type { TaskOrder } from '../src/orders/order-store.ts'
import { jobOf, startOptionsOf } from '../src/orders/upscale-job.ts'
import { BECAUSE, testGateway } from './test-gateway.ts'
import type { TaskData, TestGateway } from './test-gateway.ts'
import { startSteps } from './test-steps.ts'
import type { TestSteps } from './test-steps.ts'

let temporal: TestTemporal
let gateway: TestGateway
let steps: TestSteps
let workerCtx: WorkerContext
let worker: AsyncDisposable
type Customer = Awaited<ReturnType<TestGateway['customer']>>
let acme: Customer

beforeAll(async () => {
  temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  gateway = await testGateway(temporal)
  steps = await startSteps(gateway)
  workerCtx = gateway.workerContext()
  worker = await startWorker(workerCtx, gateway.workerConfig)
  acme = await gateway.customer('acme', { balance: 100_000 })
}, 60_000)
afterAll(async () => {
  await worker[Symbol.asyncDispose]()
  await workerCtx[Symbol.asyncDispose]()
  await steps[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

const handleOf = (id: TaskId) => temporal.client.workflow.getHandle(id)

const taskOf = async (id: TaskId): Promise<Partial<TaskData>> =>
  (await acme.get(`/api/v1/tasks/${id}`)).body.data ?? {}

const ended = async (id: TaskId, status: string): Promise<TaskData> =>
  (await eventually(
    () => taskOf(id),
    (task) => task.status === status,
  )) as TaskData

/** A job over a file whose name decides what becomes of it. */
async function create(name: string): Promise<TaskId> {
  const { status, body } = await acme.post('/api/v1/tools/upscale-video', {
    video_url: `http://origin:9000/${name}?signature=hush`,
  })
  expect(status).toBe(200)
  return body.data.id
}

type State =
  | 'running'
  | 'parked'
  | 'delivered'
  | 'refunded'
  | 'canceled'
  | 'terminated'
  | 'undelivered'
  | 'waived'
  | 'uncharged'

/** A job in each of the states that decide what may be done. */
const JOBS: Record<State, () => Promise<TaskId>> = {
  async running() {
    const id = await create('slow.mp4')
    await eventually(
      () => handleOf(id).describe(),
      // Its beginning is recorded: its history does not grow any more.
      ({ raw }) => raw.pendingActivities?.length === 1 && !raw.pendingWorkflowTask,
    )
    return id
  },
  async parked() {
    const id = await create('outage.mp4')
    await eventually(
      () => handleOf(id).describe(),
      // It is recorded as well: nothing goes on any more.
      ({ searchAttributes, raw }) =>
        searchAttributes['UpscaleStage']?.[0] === 'needs_attention' &&
        raw.pendingActivities?.length === 0 &&
        !raw.pendingWorkflowTask,
    )
    return id
  },
  async delivered() {
    const id = await create('ok.mp4')
    await ended(id, 'completed')
    await handleOf(id).result()
    return id
  },
  async refunded() {
    const id = await create('mends.mp4')
    await ended(id, 'failed')
    await handleOf(id)
      .result()
      .catch(() => undefined)
    return id
  },
  async canceled() {
    const id = await JOBS.running()
    await handleOf(id).executeUpdate(cancelUpdate)
    await ended(id, 'canceled')
    await handleOf(id).result()
    return id
  },
  async terminated() {
    const id = await JOBS.running()
    await handleOf(id).terminate()
    return id
  },
  async undelivered() {
    const id = await JOBS.terminated()
    gateway.billing.force(id, 'settled', acme.accountId)
    return id
  },
  async waived() {
    const id = await JOBS.delivered()
    gateway.billing.force(id, 'waived', acme.accountId)
    return id
  },
  uncharged: async () => (await order('ok.mp4')).taskId,
}
let orders = 0

/** An order that nobody has started a run for. */
async function order(name: string): Promise<TaskOrder> {
  const made: TaskOrder = {
    taskId: `task_${String((orders += 1)).padStart(24, '0')}` as TaskId,
    accountId: acme.accountId,
    livemode: true,
    requestId: 'req_1',
    model: 'topaz-video-upscale',
    videoUrl: `http://origin:9000/${name}`,
    upscaleFactor: '2',
    metadata: {},
    createdAt: new Date(),
    maxCredits: null,
    quoteId: null,
    webhookUrl: null,
    webhookEvents: [],
  }
  await insertOrder(gateway.ctx.db, made)
  return made
}

const act = (id: string, action: JobAction, more: object = {}) =>
  gateway.operate(`/tasks/${id}/${action}`, { ...BECAUSE, ...more })

/** Credits and Temporal's runs: what an action that is refused, or dry, must leave alone. */
const worldOf = async (id: TaskId) => ({
  balance: gateway.billing.balanceOf(acme.accountId),
  run: await handleOf(id)
    .describe()
    .then(({ runId, status, historyLength }) => ({ runId, status, historyLength }))
    .catch(() => 'none'),
})

describe('what does not fit is refused in one sentence, and nothing moves', () => {
  const DELIVERED = ['already_delivered', 'was delivered: reverse gives the credits back'] as const
  const CANCELED = [
    'already_canceled',
    'was canceled by its customer: a grant can give back what it kept',
  ] as const
  const REFUNDED = [
    'already_refunded',
    'was refunded already (144 credits): rerun starts it again',
  ] as const
  const GONE = [
    'workflow_gone',
    'has an open charge, but its workflow is gone: the reconciler refunds it within minutes',
  ] as const
  const LIVE = [
    'live_charge',
    'was charged but not delivered: reset its workflow in Temporal to deliver it, or reverse it',
  ] as const
  const NEVER_ADMITTED = [
    'never_admitted',
    'was never admitted and nothing is charged: no customer has its id, and a new request makes a new task',
  ] as const
  const UNCHARGED = ['not_charged', 'was never charged: there is nothing to give back'] as const
  const NOT_PARKED = ['not_parked', 'is running, not parked: cancel stops it and refunds'] as const
  const RUNNING = ['still_running', 'is still running: cancel stops it and refunds'] as const
  const PARKED = [
    'parked',
    'is parked: retry goes on with it, refund gives the credits back',
  ] as const
  const NOT_SETTLED = [
    'not_settled',
    'has no settled charge: there is nothing to give back',
  ] as const

  type Refusals = Partial<Record<JobAction, readonly [string, string]>>
  const table: [State, Refusals][] = [
    ['running', { retry: NOT_PARKED, refund: NOT_PARKED, rerun: RUNNING, reverse: RUNNING }],
    ['parked', { rerun: PARKED, reverse: PARKED }],
    ['delivered', { retry: DELIVERED, refund: DELIVERED, cancel: DELIVERED, rerun: DELIVERED }],
    ['waived', { reverse: NOT_SETTLED }],
    [
      'canceled',
      { retry: CANCELED, refund: CANCELED, cancel: CANCELED, rerun: CANCELED, reverse: CANCELED },
    ],
    ['refunded', { retry: REFUNDED, refund: REFUNDED, cancel: REFUNDED, reverse: REFUNDED }],
    ['terminated', { retry: GONE, refund: GONE, cancel: GONE, reverse: GONE }],
    ['undelivered', { retry: LIVE, refund: LIVE, cancel: LIVE, rerun: LIVE }],
    [
      'uncharged',
      {
        retry: NEVER_ADMITTED,
        refund: NEVER_ADMITTED,
        rerun: NEVER_ADMITTED,
        cancel: NEVER_ADMITTED,
        reverse: UNCHARGED,
      },
    ],
  ]
  test.each(table)('of a job that is %s', async (name, refusals) => {
    const id = await JOBS[name]()
    const before = await worldOf(id)
    const expectedAudit: Partial<AuditEntry>[] = []
    for (const [action, [key, says]] of Object.entries(refusals)) {
      const message = `${id} ${says}`
      const error = { code: 'ACTION_REFUSED', key, message }
      const dry = await act(id, action as JobAction, { dryRun: true })
      expect(dry).toMatchObject({ status: 409, body: { success: false, error } })
      expect(await act(id, action as JobAction)).toMatchObject({ status: 409, body: { error } })
      expectedAudit.unshift({ action, target: id, ...BECAUSE, outcome: 'refused', detail: message })
    }
    expect(await gateway.auditOf(id)).toEqual(expectedAudit)
    expect(await worldOf(id)).toEqual(before)
    if (name === 'running' || name === 'parked') await handleOf(id).terminate()
  })

  test.each(JOB_ACTIONS)('%s of a task that does not exist', async (action) => {
    const id = 'task_nobody0000000000000000'
    const message = `There is no task ${id}: it was never created, or it was refused and cost nothing`
    const error = { code: 'TASK_NOT_FOUND', message, param: 'taskId' }
    expect(await act(id, action)).toMatchObject({ status: 404, body: { error } })
    expect((await gateway.auditOf(id))[0]).toEqual({
      action,
      target: id,
      ...BECAUSE,
      outcome: 'refused',
      detail: message,
    })
    expect(await act('nonsense', action)).toMatchObject({
      status: 404,
      body: { error: { code: 'TASK_NOT_FOUND' } },
    })
    expect(await gateway.auditOf('nonsense')).toEqual([])
  })

  test.each([
    [{ reason: '' }, 'reason', 'reason is missing: say in one line why, in at most 300 characters'],
    [
      { reason: ' ' },
      'reason',
      'reason is missing: say in one line why, in at most 300 characters',
    ],
    [
      { actor: undefined },
      'actor',
      'actor is missing: say in one line who you are, in at most 60 characters',
    ],
    [{ actor: 'a'.repeat(61) }, 'actor', 'actor is longer than 60 characters'],
    [{ reason: 'a'.repeat(301) }, 'reason', 'reason is longer than 300 characters'],
    [
      { reason: '\u200b' },
      'reason',
      'reason is missing: say in one line why, in at most 300 characters',
    ],
    [
      { reason: 'a\u0000b' },
      'reason',
      'reason has characters that no line can hold, such as a line break: write it in one line',
    ],
    [{ dryrun: true }, 'dryrun', 'There is no field dryrun here'],
    [{ dryRun: 'yes' }, 'dryRun', 'dryRun is missing or not valid'],
  ])('a request with %j', async (fields, param, message) => {
    const id = await JOBS.delivered()
    for (const action of JOB_ACTIONS) {
      expect(await act(id, action, fields)).toMatchObject({
        status: 400,
        body: { error: { code: 'INVALID_PARAMETER', param, message } },
      })
    }
    expect(await gateway.auditOf(id)).toEqual([])
  })
})

/** The action dry, when nothing moves, and then in earnest. */
async function done(id: TaskId, action: JobAction, would: string, did: string): Promise<void> {
  const before = await worldOf(id)
  const view = { action, taskId: id }
  expect(await act(id, action, { dryRun: true })).toEqual({
    status: 200,
    body: { ...view, dryRun: true, outcome: would },
  })
  expect(await worldOf(id)).toEqual(before)
  expect(await gateway.auditOf(id)).toEqual([])
  expect(await act(id, action)).toEqual({
    status: 200,
    body: { ...view, dryRun: false, outcome: did },
  })
  expect(await gateway.auditOf(id)).toEqual([
    { action, target: id, ...BECAUSE, outcome: 'done', detail: did },
  ])
}

const amounts = ({ cost }: Partial<TaskData>) => cost?.transactions.map(({ amount }) => amount)

describe('what fits is done and noted', () => {
  test('retry of a parked job', async () => {
    const id = await JOBS.parked()
    steps.release(id)
    const words = 'at no new charge'
    await done(id, 'retry', `${id} would upscale again, ${words}`, `${id} upscales again, ${words}`)
    expect(amounts(await ended(id, 'completed'))).toEqual([-144])
    expect(JSON.stringify(await handleOf(id).fetchHistory())).not.toContain('hush')
  })

  test('two equal decisions on a parked job at once are one', async () => {
    const id = await JOBS.parked()
    const answers = await Promise.all([act(id, 'refund'), act(id, 'refund')])
    // Both may be the same update; one that comes later finds the job decided.
    const [first, late] = answers.toSorted((a, b) => a.status - b.status)
    expect(first?.status).toBe(200)
    expect([200, 409]).toContain(late?.status)
    const { events } = await handleOf(id).fetchHistory()
    const updates = events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)
    expect(updates).toHaveLength(2) // admit and one refund
    expect(amounts(await ended(id, 'failed'))).toEqual([-144, 144])
  })

  test('refund of a parked job', async () => {
    const id = await JOBS.parked()
    await done(
      id,
      'refund',
      `${id} would end as failed, with all its credits given back`,
      `${id} ends as failed within seconds, with all its credits given back`,
    )
    expect(amounts(await ended(id, 'failed'))).toEqual([-144, 144])
  })

  test.each(['running', 'parked'] as const)('cancel of a %s job', async (name) => {
    const id = await JOBS[name]()
    const how = 'it ends as failed with all credits back, unless its result is being booked already'
    await done(
      id,
      'cancel',
      `${id} would be asked to stop: ${how}`,
      `${id} is asked to stop: ${how}; ops show tells`,
    )
    expect(amounts(await ended(id, 'failed'))).toEqual([-144, 144])
    const { events } = await handleOf(id).fetchHistory()
    const asked = events?.find((event) => event.workflowExecutionCancelRequestedEventAttributes)
    expect(asked?.workflowExecutionCancelRequestedEventAttributes?.cause).toBe(
      'ada: the provider is back',
    )
  })

  test('cancel works while billing is away, and may be sent twice', async () => {
    const id = await JOBS.running()
    gateway.billing.fail(true)
    try {
      expect(await act(id, 'cancel')).toMatchObject({ status: 200 })
      expect(await act(id, 'cancel')).toMatchObject({ status: 200 })
      expect(await act(id, 'reverse')).toMatchObject({ status: 409 })
    } finally {
      gateway.billing.fail(false)
    }
    expect(amounts(await ended(id, 'failed'))).toEqual([-144, 144])
  })

  test('reverse of a delivered job, which stays delivered; twice is once', async () => {
    const id = await JOBS.delivered()
    const balance = Number(gateway.billing.balanceOf(acme.accountId))
    await done(
      id,
      'reverse',
      `144 credits of ${id} would be given back; the customer keeps the result`,
      `144 credits of ${id} were given back; the balance is ${balance + 144}`,
    )
    const task = await taskOf(id)
    expect(task).toMatchObject({ status: 'completed', result: { url: expect.any(String) } })
    expect(task.cost).toMatchObject({ credits: 144, refunded_credits: 144, net_credits: 0 })
    const before = 'credits of ' + id + ' were given back before: nothing'
    expect(await act(id, 'reverse', { dryRun: true })).toMatchObject({
      body: { outcome: `144 ${before} would move` },
    })
    expect(await act(id, 'reverse')).toMatchObject({ body: { outcome: `144 ${before} moved` } })
    expect(amounts(await taskOf(id))).toEqual([-144, 144])
  })

  test('reverse stands although the receipt cannot be refreshed; a repeat mends it', async () => {
    const id = await JOBS.delivered()
    const { ctx } = gateway
    const { changeTask } = ctx
    ctx.changeTask = async () => {
      throw new Error('no database')
    }
    const answer = await act(id, 'reverse')
    ctx.changeTask = changeTask
    expect(answer.status).toBe(200)
    expect((await gateway.auditOf(id))[0]?.outcome).toBe('done')
    expect(amounts(await taskOf(id))).toEqual([-144])
    expect((await act(id, 'reverse')).status).toBe(200)
    expect(amounts(await taskOf(id))).toEqual([-144, 144])
  })

  test('a decision has an id that follows from the run, so that two at once are one', async () => {
    const id = await JOBS.parked()
    const { runId } = await handleOf(id).describe()
    expect((await act(id, 'refund')).status).toBe(200)
    const { events } = await handleOf(id).fetchHistory()
    const ids = events?.flatMap((event) => {
      const accepted = event.workflowExecutionUpdateAcceptedEventAttributes
      return accepted ? [accepted.acceptedRequest?.meta?.updateId] : []
    })
    expect(ids).toEqual(['admit', expect.stringMatching(`^refund-${runId}-\\d+$`)])
  })

  test('reverse of what was charged and never delivered', async () => {
    const id = await JOBS.undelivered()
    const balance = Number(gateway.billing.balanceOf(acme.accountId))
    await done(
      id,
      'reverse',
      `144 credits of ${id} would be given back; nothing was delivered`,
      `144 credits of ${id} were given back; the balance is ${balance + 144}`,
    )
  })

  test('rerun of a failed job is charged anew and says who and why', async () => {
    const id = await JOBS.refunded()
    steps.release(id)
    const how = 'it is charged anew (charge 2) before it upscales'
    await done(id, 'rerun', `${id} would run again; ${how}`, `${id} runs again; ${how}`)
    const task = await ended(id, 'completed')
    expect(amounts(task)).toEqual([-144, 144, -144])
    expect(task.cost.net_credits).toBe(144)
    const run = await handleOf(id).describe()
    expect(run.memo).toEqual({ rerunBy: 'ada', rerunReason: 'the provider is back' })
    expect(await run.staticSummary()).toBe('2x for acme:live, rerun by ada')
    expect(await run.staticDetails()).toContain('- rerun by ada: the provider is back')
  })

  test('rerun of a terminated job takes its open charge over', async () => {
    const id = await JOBS.terminated()
    steps.release(id)
    const how = 'its open charge stands for it'
    await done(id, 'rerun', `${id} would run again; ${how}`, `${id} runs again; ${how}`)
    expect(amounts(await ended(id, 'completed'))).toEqual([-144])
  })

  test('rerun of a job whose run is forgotten', async () => {
    const id = await JOBS.uncharged()
    gateway.billing.force(id, 'refunded', acme.accountId)
    const how = 'it is charged anew (charge 2) before it upscales'
    await done(id, 'rerun', `${id} would run again; ${how}`, `${id} runs again; ${how}`)
    expect(amounts(await ended(id, 'completed'))).toEqual([-144])
  })

  test('rerun twice at once starts one run', async () => {
    const id = await JOBS.refunded()
    steps.release(id)
    const answers = await Promise.all([act(id, 'rerun'), act(id, 'rerun')])
    const [started, late] = answers.toSorted((a, b) => a.status - b.status)
    expect(started).toMatchObject({ status: 200 })
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'ACTION_REFUSED' } } })
    expect(['still_running', 'already_delivered']).toContain(late?.body.error.key)
    expect(amounts(await ended(id, 'completed'))).toEqual([-144, 144, -144])
  })

  test('a run that ended as refused is followed by none', async () => {
    const made = await order('too-long.mp4')
    const { taskId } = made
    const job = jobOf(gateway.ctx.config, made, String(made.videoUrl), {})
    const options = startOptionsOf(job, { summary: '', details: '' })
    const run = await temporal.client.workflow.start('upscaleVideo', options)
    expect(await run.result()).toMatchObject({ outcome: 'refused' })
    expect(await act(taskId, 'rerun')).toMatchObject({
      status: 409,
      body: { error: { key: 'never_admitted' } },
    })
    gateway.billing.force(taskId, 'refunded', acme.accountId)
    expect(await act(taskId, 'rerun')).toMatchObject({
      status: 409,
      body: {
        error: {
          key: 'run_completed',
          message: `${taskId} ended as refused, and Temporal starts no run after that: reset its workflow there`,
        },
      },
    })
  })
})
