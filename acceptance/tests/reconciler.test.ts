import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { WorkflowNotFoundError } from '@temporalio/client'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Created } from '../src/customer.ts'
import { opsCli } from '../src/ops-cli.ts'
import { until } from '../src/patiently.ts'
import { reconcile } from '../src/reconcile.ts'
import { linesOf, missingFrom } from '../src/timeline.ts'
import type { Timeline } from '../src/timeline.ts'

const GRANT = 1_000
const PRICE = 48 // 3 s at 1x
const cast = await openCast({ name: 'orphaned', plan: 'pro_monthly', credits: GRANT })
const { stack, host, operator, us } = cast
const ops = opsCli(stack, { UPSCALE_ACTOR: 'ann' })
const [good, broken] = await Promise.all([clip('base.mp4'), clip('broken.mp4')])

afterAll(() => cast[Symbol.asyncDispose]())
beforeAll(() => reconcile(operator)) // what other tests left behind

async function post(url: string): Promise<string> {
  const posted = await us.upscale({ video_url: url, upscale_factor: '1' })
  return (posted.body.data as Created).id
}

const runOf = (id: string) => operator.temporal.workflow.getHandle(id)
/** Passes again and again: one of the schedule may have looked a moment before. */
const passUntil = (what: string, isSo: () => Promise<boolean>): Promise<boolean> =>
  until(what, async () => {
    await reconcile(operator)
    return await isSo()
  })

/** As when the retention of a closed run has passed. */
async function forget(id: string): Promise<void> {
  await operator.temporal.workflowService.deleteWorkflowExecution({
    namespace: stack.temporal.namespace,
    workflowExecution: { workflowId: id },
  })
  const isGone = () =>
    runOf(id)
      .describe()
      .then(
        () => false,
        (error: unknown) => error instanceof WorkflowNotFoundError,
      )
  await until('Temporal has forgotten it', isGone)
}

const linesAbout = async (id: string) => linesOf(await ops.read<Timeline>(`show ${id}`))

/** What billing tells whoever watches it: findings that nobody has mended, by check. */
async function readImbalance(): Promise<Record<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${stack.port + 3}/metrics`)).text()
  const samples = text.matchAll(/^upscale_ledger_imbalance\{check="(\w+)"\} (\S+)$/gm)
  return Object.fromEntries([...samples].map(([, check = '', count]) => [check, Number(count)]))
}

const BALANCED = {
  books: 0,
  open_charge: 0,
  undelivered: 0,
  unended_task: 0,
  delivered_unpaid: 0,
  lost_jobs: 0,
  audit: 0,
}

const STOPPED = {
  status: 'failed',
  result: null,
  error: { code: 'GENERATION_FAILED', key: 'stopped', refunded_credits: PRICE },
  cost: {
    refunded_credits: PRICE,
    net_credits: 0,
    transactions: [
      { type: 'debit', amount: -PRICE },
      { type: 'refund', amount: PRICE },
    ],
  },
}

test('a job that was terminated is given back in full, and can run again', async () => {
  const gate = host.gated(good, 'fetch')
  const id = await post(gate.url)
  await gate.asked
  await runOf(id).terminate('by mistake')
  gate.open()
  expect(await us.getTask(id)).toMatchObject({ error: null }) // nobody tells the customer
  expect(await operator.chargesOf(id)).toEqual(['debited'])

  expect(await reconcile(operator)).toBe(1)
  expect(await us.getTask(id)).toMatchObject(STOPPED)
  expect(await operator.chargesOf(id)).toEqual(['refunded'])
  expect(await us.credits()).toBe(GRANT)
  expect(
    missingFrom(await linesAbout(id), [
      'workflow: run terminated: by mistake',
      `ledger: refund +48 credits, balance ${GRANT}, generation 1: GENERATION_FAILED (reconciler)`,
      'api: task shows as failed ',
    ]),
  ).toEqual([])
  expect(await reconcile(operator)).toBe(0)

  await ops.succeed(`rerun ${id}`, 'it was a mistake')
  expect(await us.watch(id, ({ status }) => status === 'completed')).toMatchObject({
    cost: { net_credits: PRICE },
  })
  expect(await operator.chargesOf(id)).toEqual(['refunded', 'settled'])
  expect(await us.credits()).toBe(GRANT - PRICE)
  expect(await reconcile(operator)).toBe(0)
})

test('a job that Temporal has forgotten is given back, and can run again; a delivered one stays', async () => {
  const before = await us.credits()
  const gate = host.gated(good, 'fetch')
  const id = await post(gate.url)
  await gate.asked
  await runOf(id).terminate('by mistake')
  gate.open()
  await forget(id)
  expect(await reconcile(operator)).toBe(1)
  expect(await us.getTask(id)).toMatchObject(STOPPED)
  expect(await us.credits()).toBe(before)

  await ops.succeed(`rerun ${id}`, 'its retention has passed')
  await us.watch(id, ({ status }) => status === 'completed')
  await runOf(id).result()
  await forget(id)
  expect(await reconcile(operator)).toBe(0)
  expect(await us.getTask(id)).toMatchObject({ status: 'completed', cost: { net_credits: PRICE } })
  expect(await operator.chargesOf(id)).toEqual(['refunded', 'settled'])
  expect(await ops.run(`rerun ${id}`, 'once more')).toMatchObject({ code: 3 })
  expect(await linesAbout(id)).toContainEqual(
    expect.stringMatching(/^workflow: (Temporal knows no run|run .* its history is gone)/),
  )
})

test('a job that was terminated between payment and delivery is given back', async () => {
  const before = await us.credits()
  const gate = host.gated(good, 'fetch')
  const id = await post(gate.url)
  await gate.asked
  await until('its row is there', async () => {
    const { items } = await operator.gateway(`/internal/tasks?find=${id}`)
    return (items as { status: string | null }[])[0]?.status !== null
  })
  await operator.kill('gateway-worker', 'SIGSTOP')
  gate.open()
  await until('it is paid', async () => (await operator.chargesOf(id)).includes('settled'))
  await runOf(id).terminate('by mistake')
  await operator.kill('gateway-worker') // with the delivery that it may have in hand
  expect(await us.getTask(id)).toMatchObject({ result: null, cost: { net_credits: PRICE } })

  expect(await reconcile(operator)).toBe(1)
  expect(await us.getTask(id)).toMatchObject(STOPPED)
  expect(await operator.chargesOf(id)).toEqual(['reversed'])
  expect(await us.credits()).toBe(before)
  expect(
    missingFrom(await linesAbout(id), [
      'workflow: settle (generation 1) completed: settled',
      'workflow: run terminated: by mistake',
      `ledger: refund +48 credits, balance ${before}, generation 1: nothing was delivered (reconciler)`,
      'api: task shows as failed',
    ]),
  ).toEqual([])
  expect(await reconcile(operator)).toBe(0)
})

test('a delivery that nobody paid for is an alarm until an operator decides', async () => {
  const id = await post(host.file(broken))
  const model = await post(host.file(good))
  await Promise.all([us.watch(id, hasEnded), us.watch(model, hasEnded)])
  const before = await us.credits()
  expect(await readImbalance()).toEqual(BALANCED)

  await operator.forgeDelivery(id, model)
  await passUntil('it is found', async () => (await ops.run('books')).code === 1)
  expect(await us.credits()).toBe(before) // it never takes
  expect(await readImbalance()).toEqual({ ...BALANCED, delivered_unpaid: 1 })
  const [books, doctor] = await Promise.all([ops.run('books'), ops.run('doctor')])
  expect(books).toEqual({
    code: 1,
    stdout: expect.stringMatching(
      new RegExp(
        `^✗ not right at the pass of .*\n[^]*^delivered_unpaid  ${id}  Delivered, and nothing is settled\\. `,
        'm',
      ),
    ),
    stderr:
      'The books have 1 finding that nobody has mended: `ops show` and `ops transactions` say more.\n',
  })
  expect([doctor.code, doctor.stdout]).toEqual([
    1,
    expect.stringMatching(new RegExp(`^✗  books: delivered_unpaid +${id}: Delivered`, 'm')),
  ])
  const { next } = await ops.read<Timeline>(`show ${id}`)
  expect(next).toBe(
    'Delivered, but nobody paid: `books accept` lets it be, `adjust --task` takes the credits.',
  )

  await ops.succeed(`adjust orphaned:live -48 --key unpaid_1 --task ${id}`, 'delivered for nothing')
  expect(await us.credits()).toBe(before - PRICE)
  await passUntil('it is mended', async () => (await ops.run('books')).code === 0)
  expect(await readImbalance()).toEqual(BALANCED)
})

test('it passes by itself, and Temporal lists its passes', async () => {
  const { info, state, action } = await operator.temporal.schedule
    .getHandle('reconcile-billing')
    .describe()
  expect(state.paused).toBe(false)
  expect(action).toMatchObject({ workflowType: 'reconcileBilling', taskQueue: 'orchestrator' })
  expect(info.recentActions.length).toBeGreaterThanOrEqual(1)

  const passes = `WorkflowType = 'reconcileBilling' AND TemporalScheduledById = 'reconcile-billing'`
  const ended = await until('a pass of the schedule is over', async () => {
    const query = `${passes} AND ExecutionStatus = 'Completed'`
    for await (const run of operator.temporal.workflow.list({ query })) return run.workflowId
    return undefined
  })
  expect(ended).toMatch(/^reconcile-billing-\d{4}-\d\d-\d\dT/)
  const report: unknown = await runOf(ended).result()
  expect(report).toMatchObject({ findings: expect.any(Array), openCharges: expect.any(Number) })
})

test('the books add up', async () => {
  expect(await operator.brokenBooks()).toEqual([])
  expect(await readImbalance()).toEqual(BALANCED)
})
