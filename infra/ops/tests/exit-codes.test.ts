import { expect, test } from '@jest/globals'
import { playGateway, refusal } from './playing-gateway.ts'
import type { Answer } from './playing-gateway.ts'
import { ops } from './run.ts'

const TASK = 'task_0123456789abcdef'
const RETRY = ['retry', TASK, '--reason', 'the provider is back']
const RETRY_PATH = `POST /internal/tasks/${TASK}/retry`

const NOT_PARKED = refusal(409, 'ACTION_REFUSED', 'not_parked', 'It is not parked')
const NO_TASK = refusal(404, 'TASK_NOT_FOUND', 'task_not_found', 'There is no such task')
const NO_FIELD = refusal(400, 'INVALID_PARAMETER', 'invalid_parameter', 'reason is missing')
const FAULT = refusal(500, 'INTERNAL_ERROR', 'internal_error', 'Internal error. Quote req_1')
const DOWN = refusal(503, 'SERVICE_UNAVAILABLE', 'service_unavailable', 'Temporal is away')

test.each<[Answer, number, string]>([
  [NOT_PARKED, 3, 'It is not parked.\n'],
  [NO_TASK, 3, 'There is no such task.\n'],
  [NO_FIELD, 2, 'reason is missing.\n'],
  [FAULT, 1, 'Internal error. Quote req_1.\n'],
  [DOWN, 5, 'Temporal is away.\n'],
])('the refusal %j ends with %d', async (answer, code, stderr) => {
  await using gateway = await playGateway({ [RETRY_PATH]: answer })
  expect(await ops(gateway, ...RETRY)).toEqual({ code, stdout: '', stderr })
})

test("billing's own refusal, passed on without an envelope, is told the same way", async () => {
  const body = { code: 'INSUFFICIENT_CREDITS', key: 'below_zero', message: 'Too few', param: null }
  await using gateway = await playGateway({
    'POST /internal/billing/accounts/acme:live/adjustments': { status: 402, body },
  })
  const args = ['adjust', 'acme:live', '-5', '--key', 'k', '--reason', 'slip']
  expect(await ops(gateway, ...args)).toEqual({ code: 3, stdout: '', stderr: 'Too few.\n' })
})

test('with --json the refusal stands whole on standard output, the sentence on the other', async () => {
  await using gateway = await playGateway({ [RETRY_PATH]: NOT_PARKED })
  const { code, stdout, stderr } = await ops(gateway, ...RETRY, '--json')
  expect([code, stderr]).toEqual([3, 'It is not parked.\n'])
  expect(JSON.parse(stdout)).toEqual(NOT_PARKED?.body)
})

test.each([401, 403])('a secret that is refused with %d ends with 6', async (status) => {
  const answer = refusal(status, 'INVALID_API_KEY', 'invalid_api_key', 'wrong')
  await using gateway = await playGateway({ [RETRY_PATH]: answer })
  expect(await ops(gateway, ...RETRY)).toEqual({
    code: 6,
    stdout: '',
    stderr: `The gateway at ${gateway.url} refuses the secret of UPSCALE_GATEWAY_SECRET: it must be the one that the gateway was given as GATEWAY_SECRET.\n`,
  })
  expect(gateway.asked[0]?.secret).toBe('Bearer secret')
})

test('a gateway that is not there ends with 5', async () => {
  const gateway = await playGateway({})
  await gateway[Symbol.asyncDispose]()
  expect(await ops(gateway, ...RETRY)).toEqual({
    code: 5,
    stdout: '',
    stderr: `The gateway at ${gateway.url} does not answer: see whether it runs, and whether this is its internal port.\n`,
  })
})

test('a change whose answer was lost is not called undone', async () => {
  await using gateway = await playGateway({ [RETRY_PATH]: null })
  expect(await ops(gateway, ...RETRY)).toEqual({
    code: 5,
    stdout: '',
    stderr: `The gateway at ${gateway.url} broke off before it answered: \`ops audit\` says whether it was done.\n`,
  })
})

test.each<[Answer, number]>([
  [{ status: 200, body: '<html>' }, 1],
  [{ status: 404, body: 'no such page' }, 1],
  [{ status: 307, body: '' }, 1],
  [{ status: 502, body: '<html>' }, 5],
])('%j is no answer of the API', async (answer, code) => {
  await using gateway = await playGateway({ 'GET /internal/doctor': answer })
  expect(await ops(gateway, 'doctor')).toEqual({
    code,
    stdout: '',
    stderr: `What answers at ${gateway.url} with status ${answer?.status} is not the operators' API: see whether it runs, and whether this is its internal port.\n`,
  })
})

const REASON = 'Say why with --reason "…": it stands in the audit for ever.\n'
const GRANT = ['grant', 'acme:live', '5', '--purpose', 'pack']

test.each([
  [['retry', TASK], REASON],
  [['retry', TASK, '--reason', ' '], REASON],
  [['keys', 'revoke', 'k1'], REASON],
  [
    ['keys', 'rotate', 'key_1', '--grace-hours', '721', '--reason', 'r'],
    '--grace-hours is a whole number from 0 to 720, not "721".\n',
  ],
  [['reconcile', '--confirm-lost'], REASON],
  [['reconcile', '--dry-run'], REASON],
  [['rates', 'add', '--factor', '2'], 'A rate needs --factor, --credits-per-second and --from.\n'],
  [[...GRANT, '--reason', 'r'], 'Name the payment with --key: the same one grants only once.\n'],
  [[...GRANT, '--key', 'p'], REASON],
  [
    ['grant', 'acme:live', '0', '--key', 'p', '--purpose', 'pack', '--reason', 'r'],
    'The number of credits is a whole number from 1 to 2^53−1, not "0".\n',
  ],
  [
    ['grant', 'acme', '5', '--key', 'p', '--purpose', 'pack', '--reason', 'r'],
    'acme is a customer with two accounts: write acme:live or acme:test.\n',
  ],
  [
    ['grant', 'acme:live', '5', '--key', 'p', '--purpose', 'gift', '--reason', 'r'],
    "Option '--purpose <purpose>' argument 'gift' is invalid. Allowed choices are subscription, pack, goodwill: see --help.\n",
  ],
  [['retry'], "Missing required argument 'task': see --help.\n"],
  [['fnd', 'x'], "Unknown command 'fnd' (Did you mean find?): see --help.\n"],
  [['find', 'x', '--nosuch'], "Unknown option '--nosuch': see --help.\n"],
  [['find', 'x', '--limit', '101'], '--limit is a whole number from 1 to 100, not "101".\n'],
  [
    ['views'],
    'Say where the Temporal UI is with --ui or UPSCALE_TEMPORAL_UI, or start the stack with `npx pnpm@12 start`.\n',
  ],
])('%j is a mistake of use, and nothing is asked', async (args, stderr) => {
  await using gateway = await playGateway({})
  expect(await ops(gateway, ...args)).toEqual({ code: 2, stdout: '', stderr })
  expect(gateway.asked).toEqual([])
})

test('a family without its command shows its help', async () => {
  const { code, stdout, stderr } = await ops(null, 'accounts')
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('Usage: ops accounts [options] [command]')
})

test('help is no failure', async () => {
  const { code, stdout, stderr } = await ops(null, 'show', '--help')
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('npx pnpm@12 ops show task_')
})
