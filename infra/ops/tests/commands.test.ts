import { expect, test } from '@jest/globals'
import type { FoundTask, KeyView, Transaction } from '@upscale/types'
import { playGateway, refusal } from './playing-gateway.ts'
import type { Answer, Asked } from './playing-gateway.ts'
import { ops } from './run.ts'

const TASK = 'task_0123456789abcdef'
const BECAUSE = { reason: 'because', actor: 'ann' }
const REASON = ['--reason', 'because']

const found: FoundTask = JSON.parse(
  `{"taskId":"${TASK}","accountId":"acme:live","requestId":"req_1","factor":"2","status":"failed",
    "stage":"upscaling","parkedAt":null,"creditsUsed":96,"createdAt":"2026-11-24T12:01:03.221Z"}`,
) as FoundTask

const GRANT = ['grant', 'acme:live', '5', '--key', 'pay_1', '--purpose', 'pack']
const RATE = ['rates', 'add', '--factor', '4', '--credits-per-second', '30', '--from', '2027-01-31']

test.each<[path: string, args: string[], body: object]>([
  [`/tasks/${TASK}/rerun`, ['rerun', TASK], {}],
  ['/accounts', ['accounts', 'open', 'acme'], { customerId: 'acme', plan: 'free' }],
  ['/billing/customers/acme/plan', ['accounts', 'plan', 'acme', 'starter'], { plan: 'starter' }],
  [
    '/keys',
    ['keys', 'create', 'acme', '--name', 'ci'],
    { customerId: 'acme', name: 'ci', livemode: true },
  ],
  ['/keys/key_1/rotate', ['keys', 'rotate', 'key_1'], { graceHours: 24 }],
  ['/keys/key_1/revoke', ['keys', 'revoke', 'key_1'], {}],
  ['/billing/accounts/acme:live/grants', GRANT, { key: 'pay_1', credits: 5, purpose: 'pack' }],
  [
    '/billing/accounts/acme:live/adjustments',
    ['adjust', 'acme:live', '-5', '--key', 'fix_1'],
    { key: 'fix_1', delta: -5 },
  ],
  [
    '/billing/rates',
    RATE,
    { factor: '4', creditsPerSecond: 30, validFrom: '2027-01-31T00:00:00.000Z' },
  ],
  [
    '/billing/books/accept',
    ['books', 'accept', TASK],
    { check: 'delivered_unpaid', subject: TASK },
  ],
  ['/reconcile', ['reconcile'], {}],
])('a dry run of %s is sent as one and said to be one', async (path, args, body) => {
  const said = { dryRun: true, outcome: 'It would be done' }
  await using gateway = await playGateway({
    [`POST /internal${path}`]: { status: 200, body: said },
  })
  const dryRun = [...args, ...REASON, '--dry-run', '--actor', 'bob']
  expect(await ops(gateway, ...dryRun)).toEqual({
    code: 0,
    stdout: 'Dry run, nothing moved: It would be done.\n',
    stderr: '',
  })
  expect((await ops(gateway, ...dryRun, '--json')).stdout).toBe(`${JSON.stringify(said)}\n`)
  const asked = {
    method: 'POST',
    path: `/internal${path}`,
    secret: 'Bearer secret',
    body: { ...body, reason: 'because', actor: 'bob', dryRun: true },
  }
  expect(gateway.asked).toEqual([asked, asked])
})

test('a gateway that acts although a dry run was asked for is not called one', async () => {
  await using gateway = await playGateway({
    'POST /internal/billing/accounts/acme:live/grants': {
      status: 200,
      body: { replay: false, balance: 5 },
    },
  })
  expect((await ops(gateway, ...GRANT, ...REASON, '--dry-run')).stdout).toBe(
    'Granted 5 credits to acme:live; its balance is 5.\n',
  )
})

test('find prints a table, or the JSON as it came', async () => {
  const list = { items: [found], nextCursor: 'more' }
  await using gateway = await playGateway({ 'GET /internal/tasks': { status: 200, body: list } })
  expect((await ops(gateway, 'find', 'acme:live')).stdout).toBe(`\
TASK                   ACCOUNT    FACTOR  STATUS  STAGE      CREDITS  CREATED               REQUEST
task_0123456789abcdef  acme:live       2  failed  upscaling       96  2026-11-24 12:01:03Z  req_1
There are more: --all shows them.
`)
  expect((await ops(gateway, 'find', 'acme:live', '--json')).stdout).toBe(
    `${JSON.stringify(list)}\n`,
  )
  expect(gateway.asked[0]?.path).toBe('/internal/tasks?find=acme%3Alive&limit=20')
})

test('show takes any id that finds one task, and ends with what to do and where to look', async () => {
  const timeline = { task: found, events: [], next: 'Run it again' }
  await using gateway = await playGateway({
    'GET /internal/tasks': { status: 200, body: { items: [found], nextCursor: null } },
    [`GET /internal/tasks/${TASK}/timeline`]: { status: 200, body: timeline },
  })
  const { code, stdout } = await ops(gateway, 'show', 'req_1', '--ui', 'http://ui')
  expect(code).toBe(0)
  expect(stdout.split('\n').slice(-3)).toEqual([
    'Next: Run it again',
    `Temporal UI: http://ui/namespaces/default/workflows/${TASK}`,
    '',
  ])
})

test('show refuses an id that finds more than one task', async () => {
  const items = [found, found]
  await using gateway = await playGateway({
    'GET /internal/tasks': { status: 200, body: { items, nextCursor: null } },
  })
  expect(await ops(gateway, 'show', 'acme')).toEqual({
    code: 3,
    stdout: '',
    stderr: 'acme is not the id of one task: `ops find acme` lists those that it finds.\n',
  })
})

test('a grant says what the balance is', async () => {
  const path = '/internal/billing/accounts/acme:live/grants'
  await using gateway = await playGateway({
    [`POST ${path}`]: { status: 200, body: { replay: false, balance: 11_000 } },
  })
  const args = ['grant', 'acme:live', '1000', '--key', 'pay_1', '--purpose', 'pack', ...REASON]
  expect(await ops(gateway, ...args)).toEqual({
    code: 0,
    stdout: 'Granted 1,000 credits to acme:live; its balance is 11,000.\n',
    stderr: '',
  })
  expect(gateway.asked[0]?.body).toEqual({
    key: 'pay_1',
    credits: 1_000,
    purpose: 'pack',
    ...BECAUSE,
  })
})

test('a payment that was granted before is refused, for scripts with the answer', async () => {
  const body = { replay: true, balance: 11_000 }
  await using gateway = await playGateway({
    'POST /internal/billing/accounts/acme:live/grants': { status: 200, body },
  })
  const args = ['grant', 'acme:live', '1000', '--key', 'pay_1', '--purpose', 'pack', ...REASON]
  const stderr =
    'pay_1 was booked before, nothing moved; the balance after it was 11,000: give another payment its own --key.\n'
  expect(await ops(gateway, ...args)).toEqual({ code: 3, stdout: '', stderr })
  expect(await ops(gateway, ...args, '--json')).toEqual({
    code: 3,
    stdout: `${JSON.stringify(body)}\n`,
    stderr,
  })
})

test('a correction may take, and may name its task', async () => {
  await using gateway = await playGateway({
    'POST /internal/billing/accounts/acme:test/adjustments': {
      status: 200,
      body: { replay: false, balance: 50 },
    },
  })
  const args = ['adjust', 'acme:test', '-50', '--key', 'fix_1', '--task', TASK, ...REASON]
  expect((await ops(gateway, ...args)).stdout).toBe(
    'Corrected acme:test by −50; its balance is 50.\n',
  )
  expect(gateway.asked[0]?.body).toEqual({ key: 'fix_1', delta: -50, taskId: TASK, ...BECAUSE })
})

test('--all reads every page', async () => {
  const line = (id: string): Partial<Transaction> => ({
    id,
    type: 'debit',
    amount: -96,
    balanceAfter: 4,
    taskId: null,
    reason: 'upscale',
    createdAt: '2026-11-24T12:00:00.000Z',
  })
  const page = ({ path }: Asked) => {
    const isFirst = !path.includes('cursor=')
    const items = [line(isFirst ? 'txn_2' : 'txn_1')]
    return { status: 200, body: { items, nextCursor: isFirst ? 'c 1' : null } }
  }
  const path = '/internal/billing/accounts/acme:live/transactions'
  await using gateway = await playGateway({ [`GET ${path}`]: page })
  expect((await ops(gateway, 'transactions', 'acme:live', '--all')).stdout).toBe(`\
TIME                  TYPE   AMOUNT  BALANCE  TASK  LINE   REASON
2026-11-24 12:00:00Z  debit     −96        4  –     txn_2  upscale
2026-11-24 12:00:00Z  debit     −96        4  –     txn_1  upscale
`)
  expect(gateway.asked.map((it) => it.path)).toEqual([
    `${path}?limit=100`,
    `${path}?limit=100&cursor=c+1`,
  ])
})

test('a customer is opened, and a refusal of the gateway is told as it is', async () => {
  const message = 'acme is open already, on plan free: change its plan instead'
  let answer: Answer = { status: 204 }
  await using gateway = await playGateway({ 'POST /internal/accounts': () => answer })
  expect(await ops(gateway, 'accounts', 'open', 'acme', ...REASON)).toEqual({
    code: 0,
    stdout: 'Customer acme is open on plan free, live and for tests.\n',
    stderr: '',
  })
  answer = refusal(409, 'ACTION_REFUSED', 'customer_exists', message)
  expect(await ops(gateway, 'accounts', 'open', 'acme', '--plan', 'starter', ...REASON)).toEqual({
    code: 3,
    stdout: '',
    stderr: `${message}.\n`,
  })
  expect(gateway.asked.map(({ path, body }) => [path, body])).toEqual([
    ['/internal/accounts', { customerId: 'acme', plan: 'free', ...BECAUSE }],
    ['/internal/accounts', { customerId: 'acme', plan: 'starter', ...BECAUSE }],
  ])
})

test('a plan is changed, and --json has nothing to print of an empty answer', async () => {
  await using gateway = await playGateway({
    'POST /internal/billing/customers/acme/plan': { status: 204 },
  })
  const args = ['accounts', 'plan', 'acme', 'pro_yearly', ...REASON]
  expect((await ops(gateway, ...args)).stdout).toBe('Customer acme is on plan pro_yearly now.\n')
  expect(await ops(gateway, ...args, '--json')).toEqual({ code: 0, stdout: '', stderr: '' })
})

test("an account's facts", async () => {
  const account = {
    accountId: 'acme:live',
    plan: 'pro_monthly',
    dailyTasks: null,
    usdMicrosPerCredit: 12_000,
    balance: 11_000,
    apiAccess: true,
  }
  await using gateway = await playGateway({
    'GET /internal/billing/accounts/acme:live': { status: 200, body: account },
  })
  expect((await ops(gateway, 'accounts', 'show', 'acme:live')).stdout).toBe(`\
Account  acme:live
Balance  11,000 credits
Plan     pro_monthly
Price    $0.012 a credit
Quota    no limit
API      open
`)
})

test('keys are made, rotated and revoked; their text is shown once', async () => {
  await using gateway = await playGateway({
    'POST /internal/keys': { status: 201, body: { id: 'k1', key: 'sk_1' } },
    'POST /internal/keys/k1/rotate': { status: 201, body: { id: 'k2', key: 'sk_2' } },
    'POST /internal/keys/k1/revoke': { status: 200, body: { id: 'k1' } },
  })
  const created = await ops(gateway, 'keys', 'create', 'acme', '--name', 'ci', '--test', ...REASON)
  const rotated = await ops(gateway, 'keys', 'rotate', 'k1', '--grace-hours', '1', ...REASON)
  const revoked = await ops(gateway, 'keys', 'revoke', 'k1', ...REASON)
  expect([created.stdout, rotated.stdout, revoked.stdout]).toEqual([
    'Key k1 of acme:test, shown this once: sk_1\n',
    'Key k2, in the place of k1, which opens for 1 hour yet; shown this once: sk_2\n',
    'Key k1 is revoked.\n',
  ])
  expect(gateway.asked.map(({ body }) => body)).toEqual([
    { customerId: 'acme', name: 'ci', livemode: false, ...BECAUSE },
    { graceHours: 1, ...BECAUSE },
    BECAUSE,
  ])
})

test('keys come in pages', async () => {
  const key = (id: string): KeyView => ({
    id,
    name: 'ci',
    shown: 'sk_…1234',
    livemode: true,
    createdAt: '2026-11-24T12:00:00.000Z',
    lastUsedAt: null,
    expiresAt: null,
    revokedAt: null,
  })
  const page = ({ path }: Asked) => {
    const isFirst = !path.includes('cursor=')
    const items = [key(isFirst ? 'key_1' : 'key_2')]
    return { status: 200, body: { items, nextCursor: isFirst ? 'c1' : null } }
  }
  await using gateway = await playGateway({ 'GET /internal/keys': page })
  expect((await ops(gateway, 'keys', 'list', 'acme', '--limit', '1')).stdout).toBe(`\
KEY    NAME  SHOWN AS  MODE  STATE  CREATED               LAST USED
key_1  ci    sk_…1234  live  open   2026-11-24 12:00:00Z  –
There are more: --all shows them.
`)
  const all = await ops(gateway, 'keys', 'list', 'acme', '--all', '--json')
  expect(JSON.parse(all.stdout)).toEqual({
    items: [key('key_1'), key('key_2')],
    nextCursor: null,
  })
  expect(gateway.asked.map(({ path }) => path)).toEqual([
    '/internal/keys?customerId=acme&limit=1',
    '/internal/keys?customerId=acme&limit=100',
    '/internal/keys?customerId=acme&limit=100&cursor=c1',
  ])
})

test('a rate is added from a day on', async () => {
  await using gateway = await playGateway({ 'POST /internal/billing/rates': { status: 204 } })
  const args = ['--factor', '4', '--credits-per-second', '30', '--from', '2027-01-31', ...REASON]
  expect((await ops(gateway, 'rates', 'add', ...args)).stdout).toBe(
    'Factor 4 costs 30 credits a second from 2027-01-31 00:00:00Z on.\n',
  )
  expect(gateway.asked[0]?.body).toEqual({
    factor: '4',
    creditsPerSecond: 30,
    validFrom: '2027-01-31T00:00:00.000Z',
    ...BECAUSE,
  })
})

const FINDING = { check: 'books', subject: 'acme:live', problem: 'off by 5' }
const WRONG = { lastPassAt: null, findings: [FINDING], openCharges: 0, oldestOpenAt: null }
const NOT_MENDED =
  'The books have 1 finding that nobody has mended: `ops show` and `ops transactions` say more.\n'

test('a finding in the books ends with 1, at a pass of the reconciler, too', async () => {
  await using gateway = await playGateway({
    'GET /internal/billing/books': { status: 200, body: WRONG },
    'POST /internal/reconcile': { status: 200, body: WRONG },
  })
  const books = await ops(gateway, 'books')
  expect([books.code, books.stderr]).toEqual([1, NOT_MENDED])
  expect(books.stdout).toContain('books  acme:live  off by 5')
  expect(await ops(gateway, 'reconcile', '--confirm-lost', ...REASON)).toEqual(books)
  expect(gateway.asked[1]?.body).toEqual({ confirmLost: true, ...BECAUSE })
})

test('an unpaid delivery is let be', async () => {
  const path = '/internal/billing/books/accept'
  await using gateway = await playGateway({ [`POST ${path}`]: { status: 204 } })
  expect(await ops(gateway, 'books', 'accept', TASK, ...REASON)).toEqual({
    code: 0,
    stdout: `${TASK} stays delivered and unpaid, and is no finding any more.\n`,
    stderr: '',
  })
  const body = { check: 'delivered_unpaid', subject: TASK, ...BECAUSE }
  expect(gateway.asked[0]).toMatchObject({ method: 'POST', path, body })
  const odd = await ops(gateway, 'books', 'accept', 'acme:live', ...REASON)
  expect([odd.code, odd.stderr]).toEqual([
    2,
    expect.stringMatching(/^"acme:live" is not a task id/),
  ])
})

test('right books end with 0', async () => {
  const body = { ...WRONG, findings: [], lastPassAt: '2026-11-24T12:00:00.000Z' }
  await using gateway = await playGateway({
    'POST /internal/reconcile': { status: 200, body },
  })
  expect(await ops(gateway, 'reconcile', ...REASON)).toEqual({
    code: 0,
    stdout: '✓ right at the pass of 2026-11-24 12:00:00Z\nNo charge is open.\n',
    stderr: '',
  })
})

test('the doctor ends with 1 where a part is not well', async () => {
  const well = { part: 'postgres', ok: true, says: 'ready', fix: null }
  const ill = { part: 'billing', ok: false, says: 'no answer', fix: 'start it' }
  let checks: object[] = [well, ill]
  await using gateway = await playGateway({
    'GET /internal/doctor': () => ({ status: 200, body: { checks } }),
  })
  expect(await ops(gateway, 'doctor')).toEqual({
    code: 1,
    stdout: `\
   PART      SAYS       WHAT TO DO
✓  postgres  ready      –
✗  billing   no answer  start it
`,
    stderr: '1 check failed.\n',
  })
  checks = [well]
  expect((await ops(gateway, 'doctor')).code).toBe(0)
})

test('the audit of a target', async () => {
  const entry = {
    id: '1',
    at: '2026-11-24T12:00:00.000Z',
    action: 'retry',
    target: TASK,
    outcome: 'done',
    detail: null,
    ...BECAUSE,
  }
  await using gateway = await playGateway({
    'GET /internal/audit': { status: 200, body: { items: [entry], nextCursor: null } },
  })
  expect((await ops(gateway, 'audit', TASK)).stdout).toBe(`\
TIME                  WHO  DID    TO                     OUTCOME  WHY      DETAIL
2026-11-24 12:00:00Z  ann  retry  task_0123456789abcdef  done     because  –
`)
  expect(gateway.asked[0]?.path).toBe(`/internal/audit?target=${TASK}&limit=20`)
})
