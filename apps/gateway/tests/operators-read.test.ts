import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { msToTs } from '@temporalio/common/lib/time.js'
import { testTemporal } from '@upscale/testing'
import type { TestTemporal } from '@upscale/testing'
import type { DoctorView, FoundTaskList, TaskId, Timeline } from '@upscale/types'
import {
  AUDIT_SCHEDULE,
  RECONCILE_SCHEDULE,
  REMOVE_EXPIRED_SCHEDULE,
  SEARCH_ATTRIBUTES,
} from '@upscale/workflows/activities'
import type { WorkerContext } from '../src/context.ts'
import { startWorker } from '../src/start-worker.ts'
import { insertOrder } from './insert-order.ts'
import type { ErrorView } from '../src/tasks/error-view.ts'
import { testGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'
import { startSteps } from './test-steps.ts'
import type { TestSteps } from './test-steps.ts'

let temporal: TestTemporal
let gateway: TestGateway
let steps: TestSteps
let workerCtx: WorkerContext
let worker: AsyncDisposable

beforeAll(async () => {
  temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  gateway = await testGateway(temporal)
  steps = await startSteps(gateway)
  workerCtx = gateway.workerContext()
  worker = await startWorker(workerCtx, gateway.workerConfig)
})
afterAll(async () => {
  await worker[Symbol.asyncDispose]()
  await workerCtx[Symbol.asyncDispose]()
  await steps[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await temporal[Symbol.asyncDispose]()
})

const headers = { authorization: 'Bearer gateway-secret' }

interface Answer<Body> {
  status: number
  body: Body
}

async function ask<Body>(path: string, { internalOrigin } = gateway): Promise<Answer<Body>> {
  const response = await fetch(internalOrigin + path, { headers })
  return { status: response.status, body: (await response.json()) as Body }
}
const refusalOf = async (path: string) => {
  const { status, body } = await ask<{ error: ErrorView }>(path)
  return { status, ...body.error }
}

async function readTimeline(id: string, of = gateway): Promise<Timeline> {
  const { status, body } = await ask<Timeline>(`/internal/tasks/${id}/timeline`, of)
  expect(status).toBe(200)
  return body
}

async function until(id: string, isDone: (timeline: Timeline) => boolean): Promise<Timeline> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const timeline = await readTimeline(id)
    if (isDone(timeline)) return timeline
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(timeline)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const clip = (name: string) => ({ video_url: `http://origin:9000/${name}?signature=hush` })

async function create(account: string, name: string): Promise<string> {
  const customer = await gateway.customer(account)
  const answer = await customer.post('/api/v1/tools/upscale-video', clip(name))
  expect(answer.status).toBe(200)
  return answer.body.data.id
}

const says =
  (...texts: string[]) =>
  (timeline: Timeline) =>
    texts.every((text) => timeline.events.some(({ what }) => what.startsWith(text)))

/** What one source tells, in its order. */
const told = ({ events }: Timeline, source: string) =>
  events.filter((event) => event.source === source).map(({ what }) => what)

/** Those of the lines that are there, in the order in which they stand in the timeline. */
const ofThese = ({ events }: Timeline, lines: readonly string[]) =>
  events.map(({ what }) => what).filter((what) => lines.includes(what))

/** The only workflow of an account, which visibility shows a moment late. */
async function workflowOf(accountId: string): Promise<string> {
  const { workflow } = temporal.client
  const query = `UpscaleAccountId = "${accountId}"`
  return await eventually(async () => {
    for await (const { workflowId } of workflow.list({ query })) return workflowId
    throw new Error(`${accountId} has no workflow`)
  })
}

const handleOf = (id: string) => temporal.client.workflow.getHandle(id)

describe('the timeline', () => {
  test('of a delivered job: every source in its order, and no URL', async () => {
    const id = await create('delivered', 'ok.mp4')
    const timeline = await until(id, says('run ended'))
    const { runId } = await handleOf(id).describe()
    expect(timeline.task).toMatchObject({ taskId: id, status: 'completed', creditsUsed: 144 })
    expect(told(timeline, 'api')).toEqual([
      `topaz-video-upscale at 2x ordered by request ${timeline.task.requestId}, source at origin:9000`,
      'task shows as completed after 1 attempt',
    ])
    expect(told(timeline, 'ledger')).toEqual([
      'debit -144 credits, balance 856, generation 1: debit',
      'generation 1 settled: 144 credits stand',
    ])
    expect(told(timeline, 'operator')).toEqual([])
    const workflow = told(timeline, 'workflow').filter(
      (what) => !/recordTask|started after/.test(what),
    )
    expect(workflow).toEqual([
      `run ${runId} started: 2x for delivered:live`,
      'update admit accepted',
      'probeVideo (origin:9000) scheduled',
      'probeVideo (origin:9000) completed',
      'debit (9 s at 2x) scheduled',
      'debit (9 s at 2x) completed: debited',
      'upscale (2x, round 1) scheduled',
      'update admit completed: admitted for 144 credits',
      'upscale (2x, round 1) completed',
      'settle (generation 1) scheduled',
      'settle (generation 1) completed: settled',
      'run ended: completed, 2560x1440, 144 credits',
    ])
    const times = timeline.events.map(({ at }) => Date.parse(at))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(timeline.next).toBe(
      'Delivered and paid: nothing to do. `reverse` gives 144 credits back.',
    )
    expect(JSON.stringify(timeline)).not.toContain('hush')
  })

  test('of a job that was parked, and retried from the Temporal UI without data', async () => {
    const id = await create('parked', 'outage.mp4')
    const parked = await until(
      id,
      (timeline) => told(timeline, 'api').at(-1) === 'task is parked after 2 attempts',
    )
    const since = parked.task.parkedAt ?? ''
    expect(parked.next).toBe(
      `Parked since ${since}: \`retry\` upscales again at no new charge, \`refund\` gives 144 credits back.`,
    )
    steps.release(id)
    await handleOf(id).executeUpdate('retry')
    const lines = [
      'upscale (2x, round 1) failed after 2 attempts: UPSCALER_UNAVAILABLE: The upscaler did not answer in time',
      'waits up to 24 h: refund unless an operator decides',
      'update retry accepted',
      'update retry completed: retry: no reason given',
      'upscale (2x, round 2) completed',
      'run ended: completed, 2560x1440, 144 credits',
    ]
    const timeline = await until(id, says(lines.at(-1) ?? ''))
    expect(ofThese(timeline, lines)).toEqual(lines)
    const accepted = timeline.events.find(({ what }) => what === 'update retry accepted')
    expect(accepted?.who).toBe(temporal.client.options.identity)
  })

  test('of a job that was refunded by our own tools', async () => {
    const id = await create('given-back', 'outage.mp4')
    await until(id, ({ task }) => task.parkedAt !== null)
    const response = await fetch(`${gateway.internalOrigin}/internal/tasks/${id}/refund`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ actor: 'ana', reason: 'the provider is down' }),
    })
    expect(response.status).toBe(200)
    const timeline = await until(id, says('run failed', 'refund done'))
    const operator = timeline.events.find(({ source }) => source === 'operator')
    expect(operator).toMatchObject({
      who: 'ana',
      what: expect.stringMatching(/^refund done: the provider is down \(/),
    })
    const accepted = timeline.events.find(({ what }) => what.startsWith('update refund accepted'))
    expect(accepted).toMatchObject({
      who: 'ana',
      what: 'update refund accepted: the provider is down',
    })
    expect(told(timeline, 'ledger')).toEqual([
      'debit -144 credits, balance 856, generation 1: debit',
      'refund +144 credits, balance 1000, generation 1: UPSCALER_UNAVAILABLE',
    ])
    expect(told(timeline, 'api').at(-1)).toBe(
      'task shows as failed after 2 attempts: UPSCALER_UNAVAILABLE: The upscaler did not answer in time',
    )
    expect(timeline.next).toBe('Failed and refunded: `rerun` charges and upscales again.')
  })

  test('of a refused job, which has no order: its workflow tells', async () => {
    const customer = await gateway.customer('refused')
    const answer = await customer.post('/api/v1/tools/upscale-video', clip('404.mp4'))
    expect(answer.status).toBe(422)
    const id = await workflowOf('refused:live')
    const timeline = await until(id, says('run ended'))
    expect(timeline.task).toMatchObject({
      taskId: id,
      accountId: 'refused:live',
      requestId: answer.headers.get('request-id'),
      factor: '2',
      status: null,
      creditsUsed: null,
    })
    const why = 'PROBE_FAILED: Could not read video duration from URL: the server answered 404'
    expect(told(timeline, 'workflow').slice(-2)).toEqual([
      `update admit completed: refused, ${why}`,
      `run ended: refused, ${why}`,
    ])
    expect(told(timeline, 'api')).toEqual([])
    expect(timeline.next).toBe(
      'It was never admitted and nothing is charged: the customer was told why, nothing to do.',
    )
    const { body } = await ask<FoundTaskList>(`/internal/tasks?find=${id}`)
    expect(body).toEqual({ items: [timeline.task], nextCursor: null })
  })

  test('of a job that was reset: what the new run copied is told once', async () => {
    const id = await create('reset', 'slow.mp4')
    const running = await until(id, says('upscale (2x, round 1) runs, attempt 1: upscaling, 42 %'))
    expect(running.next).toBe(
      'It runs: nothing to do. `cancel` stops it and gives the credits back.',
    )
    const old = await handleOf(id).describe()
    const { events } = await handleOf(id).fetchHistory()
    const done = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes)
    const { runId } = await temporal.client.workflowService.resetWorkflowExecution({
      namespace: temporal.namespace,
      workflowExecution: { workflowId: id },
      reason: 'try another worker',
      workflowTaskFinishEventId: done[2]?.eventId ?? null,
      requestId: randomUUID(),
    })
    steps.release(id)
    const lines = [
      `run ${old.runId} started: 2x for reset:live`,
      'debit (9 s at 2x) completed: debited',
      'run ended by a reset',
      `run ${old.runId} was reset to run ${runId}: try another worker`,
      'upscale (2x, round 1) completed',
      'run ended: completed, 2560x1440, 144 credits',
    ]
    const timeline = await until(id, says(lines.at(-1) ?? ''))
    expect(ofThese(timeline, lines)).toEqual(lines)
    expect(told(timeline, 'ledger')).toHaveLength(2)
  })

  test('of a job that was terminated: who, why, and who gives back', async () => {
    const id = await create('terminated', 'slow.mp4')
    await until(id, says('upscale (2x, round 1) runs'))
    await handleOf(id).terminate('by mistake')
    const timeline = await readTimeline(id)
    expect(timeline.events.findLast(({ source }) => source === 'workflow')).toMatchObject({
      what: 'run terminated: by mistake',
      who: temporal.client.options.identity,
    })
    expect(timeline.next).toBe(
      'The run is over (terminated) and 144 credits are still charged: the reconciler gives them ' +
        'back within minutes, or `rerun` upscales again at that charge.',
    )
  })

  test('goes on without a part that is away, and says so', async () => {
    const id = await create('partly', 'ok.mp4')
    await until(id, says('run ended'))
    gateway.billing.fail(true)
    const timeline = await readTimeline(id)
    gateway.billing.fail(false)
    expect(told(timeline, 'ledger')).toEqual([
      'Billing does not answer: its lines are missing here',
    ])
    expect(told(timeline, 'workflow').at(-1)).toBe('run ended: completed, 2560x1440, 144 credits')
    expect(timeline.next).toBe(
      'The job is over, and billing does not answer: mend that, then look again at what is charged.',
    )
  })

  test('of a job whose runs Temporal no longer keeps', async () => {
    const taskId = 'task_0000000000000gone' as TaskId
    await insertOrder(gateway.ctx.db, orderOf(taskId, 'gone:live', 0))
    const timeline = await readTimeline(taskId)
    expect(timeline.events.map(({ what }) => what)).toEqual([
      'topaz-video-upscale at 2x ordered by request req_0, source at a.example',
      'Temporal knows no run of this job (any more): it keeps them for a time only',
    ])
  })

  test('of a task that never was', async () => {
    expect(await refusalOf('/internal/tasks/task_0123456789abcdef/timeline')).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
      key: 'nothing_found',
      message: expect.stringMatching(/^There is no task task_0123456789abcdef, and no workflow/),
    })
    expect(await refusalOf('/internal/tasks/abc/timeline')).toMatchObject({
      status: 400,
      code: 'INVALID_PARAMETER',
      param: 'taskId',
    })
  })
})

const orderOf = (taskId: TaskId, accountId: string, place: number) => ({
  taskId,
  accountId: accountId as never,
  livemode: accountId.endsWith(':live'),
  requestId: `req_${place}`,
  model: 'topaz-video-upscale',
  videoUrl: 'https://a.example/clip.mp4?signature=hush',
  upscaleFactor: '2' as const,
  metadata: {},
  createdAt: new Date(Date.UTC(2026, 10, 24, 12, 0, Math.floor(place / 2))), // pairs of one time
})

describe('finding', () => {
  const idOf = (place: number) => `task_${String(place).padStart(20, '0')}` as TaskId
  beforeAll(async () => {
    for (const place of [1, 2, 3, 4, 5]) {
      const account = place === 3 ? 'finder:test' : 'finder:live'
      await insertOrder(gateway.ctx.db, orderOf(idOf(place), account, place))
    }
    await insertOrder(gateway.ctx.db, orderOf(idOf(9), 'finder2:live', 9))
  })
  const find = async (query: string) => {
    const { status, body } = await ask<FoundTaskList>(`/internal/tasks?${query}`)
    expect(status).toBe(200)
    return { ids: body.items.map(({ taskId }) => taskId), next: body.nextCursor }
  }

  test.each([
    ['a task', idOf(3), [3]],
    ['a request', 'req_4', [4]],
    ['an account', 'finder:live', [5, 4, 2, 1]],
    ['a customer', 'finder', [5, 4, 3, 2, 1]],
  ])('by %s, newest first', async (_what, id, places) => {
    expect(await find(`find=${id}`)).toEqual({ ids: places.map(idOf), next: null })
  })

  test('page by page, each task once', async () => {
    const first = await find('find=finder&limit=2')
    const second = await find(`find=finder&limit=2&cursor=${first.next}`)
    const third = await find(`find=finder&limit=2&cursor=${second.next}`)
    expect([first.ids, second.ids, third.ids]).toEqual([
      [idOf(5), idOf(4)],
      [idOf(3), idOf(2)],
      [idOf(1)],
    ])
    expect(third.next).toBeNull()
  })

  test('a found task says what it is', async () => {
    const { body } = await ask<FoundTaskList>(`/internal/tasks?find=${idOf(3)}`)
    expect(body.items).toEqual([
      {
        taskId: idOf(3),
        accountId: 'finder:test',
        requestId: 'req_3',
        factor: '2',
        status: null,
        stage: null,
        parkedAt: null,
        creditsUsed: null,
        createdAt: '2026-11-24T12:00:01.000Z',
      },
    ])
  })

  test.each([
    ['find=nobody', 404, 'NOT_FOUND', 'find'],
    ['find=req_nobody', 404, 'NOT_FOUND', 'find'],
    ['find=task_nobody0000000000', 404, 'NOT_FOUND', 'find'],
    ['find=no%20id', 400, 'INVALID_PARAMETER', 'find'],
    ['', 400, 'INVALID_PARAMETER', 'find'],
    ['find=finder&limit=101', 400, 'INVALID_PARAMETER', 'limit'],
    ['find=finder&cursor=abc', 400, 'INVALID_PARAMETER', 'cursor'],
  ])('%s is told what is wrong', async (query, status, code, param) => {
    expect(await refusalOf(`/internal/tasks?${query}`)).toMatchObject({ status, code, param })
  })
})

describe('the doctor', () => {
  const examine = async (of = gateway) => {
    const { status, body } = await ask<DoctorView>('/internal/doctor', of)
    expect(status).toBe(200)
    return body.checks
  }

  test('says what is missing in a namespace that nobody has set up', async () => {
    const ill = (await examine()).filter(({ ok }) => !ok)
    expect(ill).toEqual([
      {
        part: 'retention',
        ok: false,
        says: 'closed runs are kept for 1 day: less than the 7 that a repeated request may need',
        fix: `Set the retention of namespace ${temporal.namespace} to 30 days`,
      },
      {
        part: 'books',
        ok: false,
        says: 'were never compared',
        fix: 'The schedule reconcile-billing is paused, or the orchestrator is down: see those checks',
      },
      ...[RECONCILE_SCHEDULE, AUDIT_SCHEDULE, REMOVE_EXPIRED_SCHEDULE].map((id) => ({
        part: `schedule ${id}`,
        ok: false,
        says: 'does not exist',
        fix: 'Start the orchestrator: it makes the schedule',
      })),
    ])
  })

  test('finds everything well, and then what is parked, paused and not polled', async () => {
    const { client, namespace } = temporal
    await client.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: msToTs('30 days') },
    })
    for (const scheduleId of [RECONCILE_SCHEDULE, AUDIT_SCHEDULE, REMOVE_EXPIRED_SCHEDULE]) {
      const action = { type: 'startWorkflow', workflowType: 'none', taskQueue: 'none' } as const
      await client.schedule.create({ scheduleId, spec: {}, action })
    }
    gateway.billing.passed({ lastPassAt: new Date().toISOString() })
    await eventually(async () => {
      const checks = await examine()
      expect(checks.filter(({ ok }) => !ok)).toEqual([])
      expect(checks.map(({ part }) => part)).toEqual([
        'database',
        'temporal',
        'retention',
        'search attributes',
        'queue orchestrator',
        'queue billing',
        'queue media-probe',
        'queue upscale',
        'queue upscale-magic',
        'queue gateway',
        'billing',
        'books',
        'schedule reconcile-billing',
        'schedule audit-billing',
        'schedule remove-expired',
        'object store',
        'parked jobs',
        'stuck workflows',
      ])
    })

    const id = await create('doctored', 'outage.mp4')
    await until(id, ({ task }) => task.parkedAt !== null)
    await client.schedule.getHandle(AUDIT_SCHEDULE).pause('on holiday')
    await eventually(async () => {
      expect((await examine()).filter(({ ok }) => !ok)).toEqual([
        {
          part: 'schedule audit-billing',
          ok: false,
          says: 'is paused: on holiday',
          fix: 'Unpause it in the Temporal UI, under Schedules: npx pnpm@12 ops views says where that is',
        },
        {
          part: 'parked jobs',
          ok: false,
          says: '1 job waits for an operator',
          fix: 'List them: npx pnpm@12 ops views has a page of the Temporal UI for it',
        },
      ])
    })
  })

  test('names the worker of a queue that nobody polls', async () => {
    await using empty = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
    await using alone = await testGateway(empty)
    const queues = (await examine(alone)).filter(({ part }) => part.startsWith('queue '))
    expect(queues).toEqual(
      [
        ['orchestrator', 'orchestrator'],
        ['billing', 'billing'],
        ['media-probe', 'media-probe'],
        ['upscale', 'upscale-worker'],
        ['upscale-magic', 'upscale-worker'],
        ['gateway', 'gateway-worker'],
      ].map(([queue, app]) => ({
        part: `queue ${queue}`,
        ok: false,
        says: `nobody polls it: no ${app} runs`,
        fix: `Start ${app}`,
      })),
    )
  })

  test('answers while Temporal and billing are away, and so does the timeline', async () => {
    await using alone = await testGateway({ address: '127.0.0.1:1', namespace: 'default' })
    alone.billing.fail(true)
    const began = performance.now()
    const checks = await examine(alone)
    expect(performance.now() - began).toBeLessThan(5_000)
    const well = checks.filter(({ ok }) => ok).map(({ part }) => part)
    expect(well).toEqual(['database', 'object store'])
    expect(checks.find(({ part }) => part === 'billing')).toMatchObject({
      ok: false,
      says: 'does not answer: Billing answered 500',
    })
    const taskId = 'task_00000000000000away' as TaskId
    await insertOrder(alone.ctx.db, orderOf(taskId, 'away:live', 0))
    const { events, next } = await readTimeline(taskId, alone)
    expect(events.map(({ what }) => what).slice(1)).toEqual([
      'Billing does not answer: its lines are missing here',
      'Temporal does not answer: its events are missing here',
    ])
    expect(next).toMatch(/^Temporal does not answer, so nobody can say/)
  })
})

async function eventually<Result>(check: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + 15_000
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
  }
}
