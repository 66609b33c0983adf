import { expect, test } from '@jest/globals'
import type { FoundTask, Transaction } from '@upscale/types'
import { playGateway } from './playing-gateway.ts'
import type { Asked } from './playing-gateway.ts'
import { ops } from './run.ts'

const TASK = 'task_0123456789abcdef'
const BECAUSE = { reason: 'because', actor: 'ann' }
const REASON = ['--reason', 'because']

const found: FoundTask = JSON.parse(
  `{"taskId":"${TASK}","accountId":"acme:live","requestId":"req_1","factor":"2","status":"failed",
    "stage":"upscaling","parkedAt":null,"creditsUsed":96,"createdAt":"2026-11-24T12:01:03.221Z"}`,
) as FoundTask

test('a dry run is sent as one and said to be one', async () => {
  const answer = { action: 'rerun', taskId: TASK, dryRun: true, outcome: 'It would run again' }
  await using gateway = await playGateway({
    [`POST /internal/tasks/${TASK}/rerun`]: { status: 200, body: answer },
  })
  expect(await ops(gateway, 'rerun', TASK, ...REASON, '--dry-run', '--actor', 'bob')).toEqual({
    code: 0,
    stdout: 'Dry run, nothing moved: It would run again.\n',
    stderr: '',
  })
  expect(gateway.asked).toEqual([
    {
      method: 'POST',
      path: `/internal/tasks/${TASK}/rerun`,
      secret: 'Bearer secret',
      body: { reason: 'because', actor: 'bob', dryRun: true },
    },
  ])
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

test('a customer that was open before on another plan keeps it, and that is said', async () => {
  const account = { accountId: 'acme:live', plan: 'free', balance: 0 }
  await using gateway = await playGateway({
    'POST /internal/accounts': { status: 204 },
    'GET /internal/billing/accounts/acme:live': { status: 200, body: account },
  })
  expect(await ops(gateway, 'accounts', 'open', 'acme', ...REASON)).toEqual({
    code: 0,
    stdout: 'Customer acme is open on plan free, live and for tests.\n',
    stderr: '',
  })
  expect(await ops(gateway, 'accounts', 'open', 'acme', '--plan', 'starter', ...REASON)).toEqual({
    code: 3,
    stdout: '',
    stderr: 'acme was open before, on plan free: `ops accounts plan acme starter` changes it.\n',
  })
  expect(gateway.asked[2]?.body).toEqual({ customerId: 'acme', plan: 'starter', ...BECAUSE })
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
