import { afterAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Created } from '../src/customer.ts'
import { openHands } from '../src/kill-hands.ts'
import { opsCli } from '../src/ops-cli.ts'
import { until } from '../src/patiently.ts'
import { linesOf, missingFrom } from '../src/timeline.ts'
import type { Timeline } from '../src/timeline.ts'

interface NewKey {
  id: string
  key: string
}

interface List<Item> {
  items: Item[]
  nextCursor: string | null
}

const GRANT = 1_000
const PRICE = 48 // 3 s at 1x
const ACCOUNT = 'managed:live'
const cast = await openCast({ name: 'managed', plan: 'pro_monthly', credits: GRANT })
const { stack, host, operator, us } = cast
const ops = opsCli(stack, { UPSCALE_ACTOR: 'ann' })
const hands = openHands(stack)
const [good, broken] = await Promise.all([clip('base.mp4'), clip('broken.mp4')])
const began = Date.now()

afterAll(async () => {
  await hands[Symbol.asyncDispose]()
  await cast[Symbol.asyncDispose]()
})

async function post(url: string): Promise<string> {
  const posted = await us.upscale({ video_url: url, upscale_factor: '1' })
  return (posted.body.data as Created).id
}

const show = (id: string) => ops.read<Timeline>(`show ${id}`)
const byHand = (id: string) => operator.temporal.workflow.getHandle(id)
const done = (outcome: string) => ({ code: 0, stdout: `${outcome}\n`, stderr: '' })
const dryRun = (outcome: string) => done(`Dry run, nothing moved: ${outcome}`)

/** The task once its run is over, too: that comes a moment after the customer sees the end. */
async function ended(id: string) {
  const task = await us.watch(id, hasEnded)
  await until('its run is over', async () => (await byHand(id).describe()).closeTime)
  return task
}

/** What a job has come to for everybody: the customer, the ledger, Temporal. */
async function endOf(id: string) {
  const { status, error, cost } = await ended(id)
  return {
    status,
    error: error && { code: error.code, key: error.key, refunded: error.refunded_credits },
    cost: { ...cost, transactions: cost.transactions.map(({ type, amount }) => [type, amount]) },
    charges: await operator.chargesOf(id),
    run: (await byHand(id).describe()).status.name,
  }
}

/** Who did what to it and why, newest first; each of it since this file began. */
async function auditOf(target: string) {
  interface Entry {
    at: string
    actor: string
    action: string
    outcome: string
    reason: string
  }
  const { items } = await ops.read<List<Entry>>(`audit ${target}`)
  for (const { at } of items) {
    expect(Date.parse(at)).toBeGreaterThan(began - 1_000)
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now())
  }
  return items.map(({ actor, action, outcome, reason }) => [actor, action, outcome, reason])
}

/** All that a dry run must leave as it is. */
const standing = async (id: string) => ({
  credits: await us.credits(),
  task: await us.getTask(id),
  charges: await operator.chargesOf(id),
  history: (await byHand(id).describe()).historyLength,
})

test('a task is found by each of its ids, and show tells all that happened to it', async () => {
  const posted = await us.upscale({ video_url: host.file(good), upscale_factor: '1' })
  const { id } = posted.body.data as Created
  const requestId = posted.headers.get('request-id') ?? ''
  await ended(id)
  const workflowId = await until('Temporal lists it', async () => {
    const query = `UpscaleAccountId = '${ACCOUNT}'`
    for await (const run of operator.temporal.workflow.list({ query })) return run.workflowId
    return undefined
  })

  const ids = [id, workflowId, requestId, ACCOUNT, 'managed']
  const found = await Promise.all(
    ids.map((wanted) => ops.read<List<{ taskId: string }>>(`find ${wanted}`)),
  )
  for (const { items } of found) expect(items.map(({ taskId }) => taskId)).toEqual([id])

  const [timeline, text] = await Promise.all([show(requestId), ops.succeed(`show ${id}`)])
  expect(timeline.task).toMatchObject({ taskId: id, requestId, status: 'completed' })
  expect(
    missingFrom(linesOf(timeline), [
      `api: topaz-video-upscale at 1x ordered by request ${requestId}, source at 127.0.0.1:`,
      'workflow: update admit accepted',
      'workflow: probeVideo (127.0.0.1:',
      `ledger: debit -48 credits, balance ${GRANT - PRICE}, generation 1: upscale 1x, 3 s (workflow)`,
      'workflow: update admit completed: admitted for 48 credits',
      'workflow: upscale (1x, round 1) completed',
      'ledger: generation 1 settled: 48 credits stand',
      'api: task shows as completed after 1 attempt',
      'workflow: run ended: completed, 320x180, 48 credits',
    ]),
  ).toEqual([])
  const times = timeline.events.map(({ at }) => at)
  expect(times).toEqual(times.toSorted())
  expect(text.trimEnd().split('\n').slice(-2)).toEqual([
    'Next: Delivered and paid: nothing to do. `reverse` gives 48 credits back.',
    `Temporal UI: ${stack.temporal.ui}/namespaces/${stack.temporal.namespace}/workflows/${id}`,
  ])
})

test('parked jobs go on or are given up, from here and from the Temporal UI alike', async () => {
  const before = await us.credits()
  const mendDisk = await hands.takeFolder('work')
  const ids = await Promise.all([1, 2, 3, 4].map(() => post(host.file(good))))
  const [retried, refunded, retriedByHand, refundedByHand] = ids as [string, string, string, string]
  await until('all are parked', async () => {
    const { items } = await operator.gateway(`/internal/tasks?find=${ACCOUNT}`)
    return (items as { parkedAt: string | null }[]).filter((it) => it.parkedAt).length === 4
  })
  expect(await us.credits()).toBe(before - 4 * PRICE)

  await until('Temporal has nothing to do for it', async () => {
    const { raw } = await byHand(retried).describe()
    return !raw.pendingActivities?.length && !raw.pendingWorkflowTask
  })
  const moved = await standing(retried)
  const [doctor, parked, retry, refund, rerun, reverse] = await Promise.all([
    ops.run('doctor'),
    show(retried),
    ...['retry', 'refund', 'rerun', 'reverse'].map((action) =>
      ops.run(`${action} ${retried} --dry-run`, 'to see'),
    ),
  ])
  expect([doctor.code, doctor.stdout]).toEqual([
    1,
    expect.stringMatching(
      /^✗ {2}parked jobs +4 jobs wait for an operator +List them: npx pnpm@12 ops views /m,
    ),
  ])
  expect(parked.next).toMatch(
    /^Parked since \S+: `retry` upscales again at no new charge, `refund` gives 48 credits back\.$/,
  )
  expect(retry).toEqual(dryRun(`${retried} would upscale again, at no new charge.`))
  expect(refund).toEqual(dryRun(`${retried} would end as failed, with all its credits given back.`))
  const stderr = `${retried} is parked: retry goes on with it, refund gives the credits back.\n`
  expect([rerun, reverse]).toEqual([
    { code: 3, stdout: '', stderr },
    { code: 3, stdout: '', stderr },
  ])
  expect(await standing(retried)).toEqual(moved)

  const [said] = await Promise.all([
    ops.run(`refund ${refunded}`, 'the disk is gone'),
    // As the UI sends it: by name, with a text.
    byHand(refundedByHand).executeUpdate<string, [string]>('refund', { args: ['gone for good'] }),
  ])
  expect(said).toEqual(
    done(`${refunded} ends as failed within seconds, with all its credits given back.`),
  )
  const given = await endOf(refunded)
  expect(given).toMatchObject({
    status: 'failed',
    error: { code: 'UPSCALER_UNAVAILABLE', refunded: PRICE },
    cost: {
      net_credits: 0,
      transactions: [
        ['debit', -48],
        ['refund', 48],
      ],
    },
    charges: ['refunded'],
  })
  expect(await endOf(refundedByHand)).toEqual(given)

  await mendDisk()
  expect(await ops.run(`retry ${retried}`, 'the disk is back')).toEqual(
    done(`${retried} upscales again, at no new charge.`),
  )
  await byHand(retriedByHand).executeUpdate<string, []>('retry')
  const kept = await endOf(retried)
  expect(kept).toMatchObject({
    status: 'completed',
    cost: { net_credits: PRICE, transactions: [['debit', -48]] },
    charges: ['settled'],
  })
  expect(await endOf(retriedByHand)).toEqual(kept)
  expect(await us.credits()).toBe(before - 2 * PRICE)

  const lines = (await Promise.all(ids.map(show))).map(linesOf)
  const failed =
    'workflow: upscale (1x, round 1) failed after 3 attempts: UPSCALER_UNAVAILABLE: The upscaler cannot use its work folder'
  const waits = 'workflow: waits up to 10 min: refund unless an operator decides'
  const wanted = [
    [
      failed,
      waits,
      'operator: retry done: the disk is back (',
      'workflow: update retry accepted: the disk is back (ann)',
      'workflow: upscale (1x, round 2) completed',
      'api: task shows as completed after 4 attempts',
    ],
    [
      failed,
      waits,
      'operator: refund done: the disk is gone (',
      'workflow: update refund accepted: the disk is gone (ann)',
      'ledger: refund +48 credits',
      'api: task shows as failed after 3 attempts: UPSCALER_UNAVAILABLE',
    ],
    [
      failed,
      waits,
      'workflow: update retry accepted',
      'workflow: upscale (1x, round 2) completed',
      'api: task shows as completed after 4 attempts',
    ],
    [
      failed,
      waits,
      'workflow: update refund accepted: gone for good',
      'ledger: refund +48 credits',
      'api: task shows as failed after 3 attempts: UPSCALER_UNAVAILABLE',
    ],
  ]
  expect(wanted.map((some, place) => missingFrom(lines[place] ?? [], some))).toEqual([
    [],
    [],
    [],
    [],
  ])
  expect(await Promise.all(ids.map(auditOf))).toEqual([
    [['ann', 'retry', 'done', 'the disk is back']],
    [['ann', 'refund', 'done', 'the disk is gone']],
    [],
    [],
  ])
})

test('a running job is stopped, from here and from the Temporal UI alike', async () => {
  const before = await us.credits()
  const gate = host.gated(good, 'fetch')
  const id = await post(gate.url)
  await gate.asked
  const [dry, running] = await Promise.all([ops.run(`cancel ${id} --dry-run`, 'to see'), show(id)])
  const ending =
    'it ends as failed with all credits back, unless its result is being booked already'
  expect(dry).toEqual(dryRun(`${id} would be asked to stop: ${ending}.`))
  expect([await us.credits(), await operator.chargesOf(id)]).toEqual([before - PRICE, ['debited']])
  expect(running.next).toBe('It runs: nothing to do. `cancel` stops it and gives the credits back.')
  expect(
    missingFrom(linesOf(running), ['workflow: upscale (1x, round 1) runs, attempt 1']),
  ).toEqual([])
  expect(await ops.run(`cancel ${id}`, 'asked by mail')).toEqual(
    done(`${id} is asked to stop: ${ending}; ops show tells.`),
  )
  const stopped = await endOf(id)
  expect(stopped).toMatchObject({
    status: 'failed',
    error: { code: 'GENERATION_FAILED', key: 'stopped', refunded: PRICE },
    charges: ['refunded'],
    run: 'CANCELLED',
  })
  expect(await us.credits()).toBe(before)

  const other = host.gated(good, 'fetch')
  const stoppedByHand = await post(other.url)
  await other.asked
  await byHand(stoppedByHand).cancel()
  expect(await endOf(stoppedByHand)).toEqual(stopped)
  expect(await us.credits()).toBe(before)

  const lines = (await Promise.all([show(id), show(stoppedByHand)])).map(linesOf)
  const end = [
    'workflow: upscale (1x, round 1) canceled',
    'ledger: refund +48 credits',
    'workflow: run ended as canceled',
  ]
  expect(
    missingFrom(lines[0] ?? [], [
      'operator: cancel done: asked by mail (',
      'workflow: cancel requested: ann: asked by mail',
      ...end,
    ]),
  ).toEqual([])
  expect(missingFrom(lines[1] ?? [], ['workflow: cancel requested', ...end])).toEqual([])
  expect(await auditOf(id)).toEqual([['ann', 'cancel', 'done', 'asked by mail']])
})

test('a delivered job is given back: its receipt says so, and the video stays', async () => {
  const before = await us.credits()
  const id = await post(host.file(good))
  const delivered = await ended(id)
  expect(await us.credits()).toBe(before - PRICE)
  const moved = await standing(id)
  expect(await ops.run(`reverse ${id} --dry-run`, 'to see')).toEqual(
    dryRun(`48 credits of ${id} would be given back; the customer keeps the result.`),
  )
  expect(await standing(id)).toEqual(moved)

  expect(await ops.run(`reverse ${id}`, 'a green stripe')).toEqual(
    done(`48 credits of ${id} were given back; the balance is ${before}.`),
  )
  expect(await us.credits()).toBe(before)
  expect(await us.getTask(id)).toEqual({
    ...delivered,
    cost: {
      ...delivered.cost,
      refunded_credits: PRICE,
      net_credits: 0,
      transactions: [
        ...delivered.cost.transactions,
        { id: expect.stringMatching(/^txn_/), type: 'refund', amount: PRICE },
      ],
    },
  })
  expect((await cast.fetch(delivered.result?.url ?? '')).status).toBe(200)

  expect(await ops.run(`reverse ${id}`, 'once more')).toEqual(
    done(`48 credits of ${id} were given back before: nothing moved.`),
  )
  expect(await us.credits()).toBe(before)
  expect(await operator.chargesOf(id)).toEqual(['reversed'])
  const timeline = await show(id)
  expect(
    missingFrom(linesOf(timeline), [
      'operator: reverse done: a green stripe (',
      `ledger: refund +48 credits, balance ${before}, generation 1: a green stripe (ann)`,
      'operator: reverse done: once more (',
    ]),
  ).toEqual([])
  expect(timeline.next).toBe('Delivered, and its credits were given back: nothing to do.')
})

test('a failed job runs again, charged once, however many ask for it at once', async () => {
  const before = await us.credits()
  const source = host.changing(broken)
  const id = await post(source.url)
  expect((await ended(id)).error?.code).toBe('SOURCE_UNREADABLE')
  const moved = await standing(id)
  expect(await ops.run(`rerun ${id} --dry-run`, 'to see')).toEqual(
    dryRun(`${id} would run again; it is charged anew (charge 2) before it upscales.`),
  )
  expect(await standing(id)).toEqual(moved)

  source.become(good)
  const answers = await Promise.all([
    ops.run(`rerun ${id} --actor ann`, 'healed'),
    ops.run(`rerun ${id} --actor bob`, 'healed'),
  ])
  const [started, refused] = answers.toSorted((a, b) => a.code - b.code)
  expect(started).toEqual(
    done(`${id} runs again; it is charged anew (charge 2) before it upscales.`),
  )
  expect(refused).toEqual({ code: 3, stdout: '', stderr: expect.stringMatching(ONE_STARTS) })

  await us.watch(id, ({ status }) => status === 'completed')
  expect(await ended(id)).toMatchObject({
    error: null,
    output: { width: 320, height: 180 },
    cost: {
      refunded_credits: PRICE,
      net_credits: PRICE,
      transactions: [
        { type: 'debit', amount: -PRICE },
        { type: 'refund', amount: PRICE },
        { type: 'debit', amount: -PRICE },
      ],
    },
  })
  expect(await operator.chargesOf(id)).toEqual(['refunded', 'settled'])
  expect(await us.credits()).toBe(before - PRICE)
  const [timeline, audit] = await Promise.all([show(id), auditOf(id)])
  const starts = linesOf(timeline).filter((line) => / started again: .*, generation 2/.test(line))
  expect(starts).toHaveLength(1)
  expect(audit.map(([, action, outcome]) => `${action} ${outcome}`).toSorted()).toEqual([
    'rerun done',
    'rerun refused',
  ])
  expect(audit.map(([actor]) => actor).toSorted()).toEqual(['ann', 'bob'])
})

const ONE_STARTS =
  /^task_\w+ is (still running: cancel stops it and refunds|running already: somebody else started it a moment ago)\.\n$/

test('the doctor finds a healthy stack well, and names what does not answer', async () => {
  expect(await ops.run('reconcile', 'before the doctor comes')).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^✓ right at the pass of \S+ \S+Z\nNo charge is open\.\n$/),
    stderr: '',
  })
  const [doctor, books] = await Promise.all([ops.run('doctor'), ops.run('books')])
  expect(doctor).toMatchObject({ code: 0, stderr: '' })
  expect(doctor.stdout).not.toContain('✗')
  expect(books).toMatchObject({ code: 0, stderr: '' })

  await operator.kill('billing', 'SIGSTOP')
  const ill = await ops.run('doctor')
  await operator.kill('billing', 'SIGCONT')
  expect(ill).toEqual({
    code: 1,
    stdout: expect.stringMatching(
      /^✗ {2}billing +does not answer: .+ Start billing, or mend BILLING_URL and BILLING_SECRET of the gateway$/m,
    ),
    stderr: '2 checks failed.\n', // its books can no longer be read either
  })
  await until('billing is back', async () => (await ops.run('doctor')).code === 0)
})

describe('accounts and keys', () => {
  test('a customer is opened once, and its keys open and close', async () => {
    const opened = done('Customer keyring is open on plan pro_monthly, live and for tests.')
    const open = () => ops.run('accounts open keyring --plan pro_monthly', 'contract 17')
    expect(await open()).toEqual(opened)
    const create = (name: string) =>
      ops.read<NewKey>(`keys create keyring --name ${name}`, 'asked by mail')
    const [again, leaving, staying] = await Promise.all([
      open(),
      create('laptop'),
      create('server'),
    ])
    expect(again).toEqual(opened)
    const reach = async (key: string) => {
      const { status, body } = await cast.withKey(key).call('GET', '/credits')
      return body.success ? status : body.error?.code
    }
    expect([await reach(leaving.key), await reach(staying.key)]).toEqual([200, 200])

    const [rotated] = await Promise.all([
      ops.read<NewKey>(`keys rotate ${staying.id} --grace-hours 0`, 'yearly'),
      ops.succeed(`keys revoke ${leaving.id}`, 'lost on a train'),
    ])
    expect(await reach(rotated.key)).toBe(200)
    const closed = async () =>
      (await reach(leaving.key)) === 'INVALID_API_KEY' &&
      (await reach(staying.key)) === 'INVALID_API_KEY'
    await until('both old keys are closed', closed, { limitMs: 6_000 })
    expect(await reach(rotated.key)).toBe(200)

    const list = await ops.succeed('keys list keyring')
    const stateOf = (id: string) =>
      /\b(open|ended|revoked)\b/.exec(list.split('\n').find((row) => row.startsWith(id)) ?? '')?.[0]
    expect([leaving, staying, rotated].map(({ id }) => stateOf(id))).toEqual([
      'revoked',
      'ended',
      'open',
    ])
    for (const { key } of [leaving, staying, rotated]) expect(list).not.toContain(key)
    expect(
      await Promise.all(['keyring', leaving.id, staying.id].map((target) => auditOf(target))),
    ).toEqual([
      [
        ['ann', 'open account', 'done', 'contract 17'],
        ['ann', 'open account', 'done', 'contract 17'],
      ],
      [['ann', 'revoke key', 'done', 'lost on a train']],
      [['ann', 'rotate key', 'done', 'yearly']],
    ])
  })

  test('a grant and a correction are seen by the customer, and every line is listed', async () => {
    const before = await us.credits()
    expect(
      await ops.run(`grant ${ACCOUNT} 1500 --key pay_81 --purpose pack`, 'invoice 81'),
    ).toEqual(
      done(
        `Granted 1,500 credits to ${ACCOUNT}; its balance is ${(before + 1_500).toLocaleString('en-US')}.`,
      ),
    )
    expect(await us.credits()).toBe(before + 1_500)
    expect(await ops.run(`adjust ${ACCOUNT} -500 --key fix_81`, 'too many')).toEqual(
      done(
        `Corrected ${ACCOUNT} by −500; its balance is ${(before + 1_000).toLocaleString('en-US')}.`,
      ),
    )
    expect(await us.credits()).toBe(before + 1_000)
    expect((await auditOf(ACCOUNT)).slice(0, 2)).toEqual([
      ['ann', 'adjust', 'done', 'too many'],
      ['ann', 'grant', 'done', 'invoice 81'],
    ])

    // More lines than a page holds.
    const gifts = Array.from({ length: 105 }, (_, n) => ({
      key: `gift_${n}`,
      credits: 1,
      purpose: 'goodwill',
      reason: 'sorry',
      actor: 'tests',
    }))
    await Promise.all(gifts.map((gift) => operator.billing(`/accounts/${ACCOUNT}/grants`, gift)))
    interface Line {
      id: string
      amount: number
      balanceAfter: number
    }
    const path = `/internal/billing/accounts/${ACCOUNT}/transactions?limit=100`
    const readPage = async (cursor = '') =>
      (await operator.gateway(path + cursor)) as unknown as List<Line>
    const first = await readPage()
    const second = await readPage(`&cursor=${first.nextCursor}`)
    expect([first.items.length, second.nextCursor]).toEqual([100, null])
    const lines = [...first.items, ...second.items]
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length)
    expect(lines[0]?.balanceAfter).toBe(await us.credits())
    expect(lines.reduce((sum, { amount }) => sum + amount, 0)).toBe(await us.credits())

    const [all, few] = await Promise.all([
      ops.read<List<Line>>(`transactions ${ACCOUNT} --all`),
      ops.succeed(`transactions ${ACCOUNT} --limit 2`),
    ])
    expect(all).toEqual({ items: lines, nextCursor: null })
    expect(few.trimEnd().split('\n')).toHaveLength(1 + 2 + 1)
    expect(few).toMatch(/There are more: --all shows them\.\n$/)
  })

  test('a rate of the future changes nothing today', async () => {
    interface Rates {
      creditsPerSecond: Record<string, number>
      schedule: { factor: string; creditsPerSecond: number; validFrom: string }[]
    }
    const prices = async () => JSON.stringify((await us.call('GET', '/models')).body.data)
    const before = await prices()
    const add = 'rates add --factor 1 --credits-per-second 20 --from 2099-01-31'
    expect(await ops.run(add, 'new price list')).toEqual(
      done('Factor 1 costs 20 credits a second from 2099-01-31 00:00:00Z on.'),
    )
    const [rates, table, plans, id] = await Promise.all([
      ops.read<Rates>('rates'),
      ops.succeed('rates'),
      ops.succeed('plans'),
      post(host.file(good)),
    ])
    expect(rates.creditsPerSecond).toEqual({ 1: 16, 2: 16, 4: 28 })
    expect(rates.schedule).toContainEqual({
      factor: '1',
      creditsPerSecond: 20,
      validFrom: '2099-01-31T00:00:00.000Z',
    })
    expect(table).toMatch(/^ +1 +16 .+ now$/m)
    expect(table).toMatch(/^ +1 +20 {2}2099-01-31 00:00:00Z {2}later$/m)
    expect(plans).toMatch(/^PLAN +A CREDIT +A SECOND AT 16 +A SECOND AT 28 +TASKS A DAY$/m)
    expect(plans).toMatch(/^pro_monthly +\$0\.012 +\$0\.192 +\$0\.336 +500$/m)
    expect(plans).toMatch(/^pro_yearly +\$0\.006 +\$0\.096 +\$0\.168 +500$/m)
    expect((await ended(id)).creditsUsed).toBe(PRICE)
    expect(await prices()).toBe(before)
    expect(await auditOf('1')).toEqual([['ann', 'add rate', 'done', 'new price list']])
  })
})

test('each saved view is a query that Temporal answers, and a page that opens', async () => {
  const { views } = await ops.read<{ views: { question: string; query: string; url: string }[] }>(
    `views --account ${ACCOUNT} --code GENERATION_FAILED`,
  )
  expect(views).toHaveLength(8)
  const counts = new Map<string, number>()
  for (const { question, query, url } of views) {
    counts.set(question, (await operator.temporal.workflow.count(query)).count)
    expect((await fetch(url)).status).toBe(200)
    expect(new URL(url).searchParams.get('query')).toBe(query)
  }
  const { items } = await ops.read<List<unknown>>(`find ${ACCOUNT} --all`)
  expect(counts.get("Which are an account's jobs?")).toBe(items.length + 1) // one ran twice
  expect(counts.get('Which jobs hit an error?')).toBeGreaterThanOrEqual(2) // both that were stopped
  expect(counts.get('Which jobs wait for a person?')).toBe(0)
  expect(counts.get('What did the reconciler do?')).toBeGreaterThanOrEqual(1)
})

test('the books add up', async () => {
  expect(await operator.brokenBooks()).toEqual([])
})
