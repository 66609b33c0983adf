import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Created } from '../src/customer.ts'
import { opsCli } from '../src/ops-cli.ts'
import type { Said } from '../src/ops-cli.ts'

const GRANT = 500
const PAYMENT = 'test-clumsy' // under which the account was opened with them
const ACCOUNT = 'clumsy:live'
const cast = await openCast({ name: 'clumsy', plan: 'pro_monthly', credits: GRANT })
const { stack, host, operator, us } = cast
const ops = opsCli(stack)
const [good, broken] = await Promise.all([clip('base.mp4'), clip('broken.mp4')])

afterAll(() => cast[Symbol.asyncDispose]())

async function post(url: string): Promise<string> {
  const posted = await us.upscale({ video_url: url, upscale_factor: '1' })
  return (posted.body.data as Created).id
}

const delivered = await post(host.file(good))
const failed = await post(host.file(broken))
await Promise.all([us.watch(delivered, hasEnded), us.watch(failed, hasEnded)])

/** All that a refused command must leave as it is. */
async function readBooks() {
  const account = `/internal/billing/accounts/${ACCOUNT}`
  return {
    account: await operator.gateway(account),
    lines: await operator.gateway(`${account}/transactions`),
    charges: await Promise.all([delivered, failed].map((id) => operator.chargesOf(id))),
    broken: await operator.brokenBooks(),
  }
}

const refused = (code: number, sentence: string): Said => ({
  code,
  stdout: '',
  stderr: `${sentence}\n`,
})

let before: Awaited<ReturnType<typeof readBooks>>
beforeEach(async () => {
  before = await readBooks()
})
afterEach(async () => {
  expect(await readBooks()).toEqual(before)
})

describe('a job that runs', () => {
  const gate = host.gated(good, 'fetch')
  let running: string
  beforeAll(async () => {
    running = await post(gate.url)
    await gate.asked
  })
  afterAll(async () => {
    gate.open()
    expect((await us.watch(running, hasEnded)).status).toBe('completed')
  })

  test.each([
    ['retry', 'is running, not parked: cancel stops it and refunds.'],
    ['refund', 'is running, not parked: cancel stops it and refunds.'],
    ['rerun', 'is still running: cancel stops it and refunds.'],
    ['reverse', 'is still running: cancel stops it and refunds.'],
  ])('%s is refused', async (action, sentence) => {
    expect(await ops.run(`${action} ${running}`, 'by mistake')).toEqual(
      refused(3, `${running} ${sentence}`),
    )
    expect(await operator.chargesOf(running)).toEqual(['debited'])
  })
})

const NO_TASK = 'task_0000000000000000'
const NEVER = `There is no task ${NO_TASK}: it was never created, or it was refused and cost nothing.`
const GIVE =
  'Give a task or workflow id (task_…), a request id (req_…), an account (<customer>:live or <customer>:test) or a customer.'
const NO_ACCOUNT = 'There is no such account: open its customer first.'
const DELIVERED = `${delivered} was delivered: reverse gives the credits back.`
const REFUNDED = `${failed} was refunded already (48 credits): rerun starts it again.`
const MOST = Number.MAX_SAFE_INTEGER
const BALANCE = GRANT - 2 * 48 // the job that ran is delivered by then

describe('what is refused although it is well said', () => {
  test.each<[what: string, words: string, sentence: string]>([
    ['a retry of an unknown task', `retry ${NO_TASK}`, NEVER],
    ['a reversal of an unknown task', `reverse ${NO_TASK}`, NEVER],
    ['a grant to an unknown account', 'grant nobody:live 5 --key pay_1 --purpose pack', NO_ACCOUNT],
    [
      'a revocation of an unknown key',
      'keys revoke key_0000000000',
      'There is no such key: list the keys of its customer.',
    ],
    ['a retry of a delivered job', `retry ${delivered}`, DELIVERED],
    ['a retry of a failed job', `retry ${failed}`, REFUNDED],
    ['a refund of a delivered job', `refund ${delivered}`, DELIVERED],
    ['a refund of a failed job', `refund ${failed}`, REFUNDED],
    ['a cancel of a delivered job', `cancel ${delivered}`, DELIVERED],
    ['a rerun of a delivered job', `rerun ${delivered}`, DELIVERED],
    ['a reversal of a failed job', `reverse ${failed}`, REFUNDED],
    [
      'a payment that was granted before',
      `grant ${ACCOUNT} 500 --key ${PAYMENT} --purpose pack`,
      `${PAYMENT} was booked before, nothing moved; the balance after it was 500: give another payment its own --key.`,
    ],
    [
      'a grant beyond what a balance can hold',
      `grant ${ACCOUNT} ${MOST} --key pay_1 --purpose pack`,
      `The balance is ${BALANCE} credits and cannot pass ${MOST}: add at most ${MOST - BALANCE}.`,
    ],
    [
      'a correction below zero',
      `adjust ${ACCOUNT} -${BALANCE + 1} --key fix_1`,
      `The balance is ${BALANCE} credits and cannot fall below 0: take at most that.`,
    ],
    [
      'a correction for a task that the account never had',
      `adjust ${ACCOUNT} -5 --key fix_1 --task ${NO_TASK}`,
      `There is no task ${NO_TASK}: it was never created, or it was refused and cost nothing.`,
    ],
  ])('%s', async (_what, words, sentence) => {
    expect(await ops.run(words, 'by mistake')).toEqual(refused(3, sentence))
  })

  test.each([
    ['other credits', `grant ${ACCOUNT} 501 --purpose pack`],
    ['another purpose', `grant ${ACCOUNT} 500 --purpose goodwill`],
    ['another account', 'grant clumsy:test 500 --purpose pack'],
  ])('a payment that was granted before, now with %s', async (_what, words) => {
    expect(await ops.run(`${words} --key ${PAYMENT}`, 'by mistake')).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(
        /^This key was used for a grant of 500 credits \(pack\) to clumsy:live at \S+Z: repeat it with the same data, or use another key\.\n$/,
      ),
    })
  })

  test.each([
    [
      'a task',
      `show ${NO_TASK}`,
      `There is no task ${NO_TASK}, and no workflow of that id. ${GIVE}`,
    ],
    ['an account', 'find nobody:live', `There is no task of nobody:live. ${GIVE}`],
    [
      'a request',
      'find req_0',
      `No task was made by request req_0; a request that was refused leaves none, and its reason stands in the gateway's log. ${GIVE}`,
    ],
  ])('a search for %s that is not there', async (_what, words, sentence) => {
    expect(await ops.run(words)).toEqual(refused(3, sentence))
  })
})

describe('what is not well said', () => {
  const WHY = 'Say why with --reason "…": it stands in the audit for ever.'
  const numberOf = (text: string) =>
    `The number of credits is a whole number from 1 to 2^53−1, not "${text}".`

  test.each([
    ['retry', `retry ${delivered}`],
    ['reverse', `reverse ${delivered}`],
    ['rerun', `rerun ${failed} --dry-run`],
    ['grant', `grant ${ACCOUNT} 5 --key pay_1 --purpose pack`],
    ['adjust', `adjust ${ACCOUNT} -5 --key fix_1`],
    ['keys create', 'keys create clumsy --name laptop'],
  ])('%s without a reason', async (_what, words) => {
    expect(await ops.run(words)).toEqual(refused(2, WHY))
  })

  test.each<[what: string, words: string, sentence: string]>([
    [
      'what is no task id',
      'refund 12',
      '"12" is not a task id, which is task_ and 16 to 40 letters or digits: `ops find` finds tasks by other ids.',
    ],
    ['a grant of 0', `grant ${ACCOUNT} 0 --key pay_1 --purpose pack`, numberOf('0')],
    [
      'a grant of 2^53',
      `grant ${ACCOUNT} 9007199254740992 --key pay_1 --purpose pack`,
      numberOf('9007199254740992'),
    ],
    [
      'a grant without a payment',
      `grant ${ACCOUNT} 5 --purpose pack`,
      'Name the payment with --key: the same one grants only once.',
    ],
    [
      'a correction by 0',
      `adjust ${ACCOUNT} 0 --key fix_1`,
      'A correction is a whole number of credits such as +50 or -50, not 0 and at most 2^53−1, not "0".',
    ],
    [
      'a rate of the past',
      'rates add --factor 1 --credits-per-second 1 --from 2020-01-01',
      'validFrom: 2020-01-01T00:00:00.000Z is past, and a new rate must begin in the future.',
    ],
  ])('%s', async (_what, words, sentence) => {
    expect(await ops.run(words, 'by mistake')).toEqual(refused(2, sentence))
  })

  const because = { reason: 'by mistake', actor: 'ann' }
  const grant = { key: 'pay_1', credits: 5, purpose: 'pack', ...because }
  const GRANTS = `/internal/billing/accounts/${ACCOUNT}/grants`
  const RANGE = `credits: must be a whole number from 1 to ${MOST}`
  test.each<[what: string, path: string, body: object, message: string]>([
    ['a grant of 0', GRANTS, { ...grant, credits: 0 }, RANGE],
    ['a grant of 2^53', GRANTS, { ...grant, credits: 2 ** 53 }, RANGE],
    ['a grant of half a credit', GRANTS, { ...grant, credits: 0.5 }, RANGE],
    [
      'no reason',
      `/internal/tasks/${delivered}/reverse`,
      { actor: 'ann' },
      'reason is missing: say in one line why, in at most 300 characters',
    ],
    [
      'a dry run that is misspelled',
      `/internal/tasks/${delivered}/reverse`,
      { ...because, dry_run: true },
      'There is no field dry_run here',
    ],
  ])('%s, sent past the command line', async (_what, path, body, message) => {
    const answer = operator.gateway(path, body)
    await expect(answer).rejects.toThrow(`${path} answered 400: `)
    await expect(answer).rejects.toThrow(`"message":"${message}"`)
  })
})

describe('a gateway that is not ours', () => {
  const words = `reverse ${delivered}`

  test('a wrong secret is refused', async () => {
    const stranger = opsCli(stack, { UPSCALE_GATEWAY_SECRET: 'wrong' })
    expect(await stranger.run(words, 'by mistake')).toEqual(
      refused(
        6,
        `The gateway at http://127.0.0.1:${stack.port + 1} refuses the secret of UPSCALE_GATEWAY_SECRET: it must be the one that the gateway was given as GATEWAY_SECRET.`,
      ),
    )
  })

  test('one that is not there is told', async () => {
    const url = `http://127.0.0.1:${stack.deadPort}`
    const lost = opsCli(stack, {
      UPSCALE_GATEWAY_INTERNAL_URL: url,
      UPSCALE_GATEWAY_SECRET: 'unused',
    })
    expect(await lost.run(words, 'by mistake')).toEqual(
      refused(
        5,
        `The gateway at ${url} does not answer: see whether it runs, and whether this is its internal port.`,
      ),
    )
  })

  test('where no stack runs, the ways out are named', async () => {
    const nowhere = opsCli({ state: `${stack.state}/nowhere` })
    expect(await nowhere.run(words, 'by mistake')).toEqual(
      refused(
        5,
        'No stack runs here: start the stack with `npx pnpm@12 start`, or say where the gateway is with UPSCALE_GATEWAY_INTERNAL_URL and UPSCALE_GATEWAY_SECRET.',
      ),
    )
  })
})
