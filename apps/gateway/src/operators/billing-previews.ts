import {
  AppError,
  GRANT_PURPOSES,
  PLAN_IDS,
  UPSCALE_FACTORS,
  isAccountId,
  isCustomerId,
} from '@upscale/types'
import type { AccountView, PostingView, RatesView } from '@upscale/types'
import type { GatewayContext } from '../context.ts'
import { customerNotFound, findCustomer } from './find-customer.ts'

/** The path's parameters and the body's fields. */
export type Asked = Readonly<Record<string, unknown>>
type Billing = Pick<GatewayContext, 'billing'>

/** One sentence: what billing would do. Throws what it would refuse; nothing moves. */
export type Preview = (ctx: GatewayContext, asked: Asked) => Promise<string>

export const previewGrant: Preview = async (ctx, asked) => {
  const { accountId, balance } = await requireAccount(ctx, asked)
  const credits = wholeNumberIn(asked, 'credits')
  const purpose = oneOf(GRANT_PURPOSES, asked, 'purpose')
  const posting = { accountId, kind: 'grant', delta: credits, purpose, taskId: null } as const
  if (await isBooked(ctx, asked, posting)) return `nothing would move: ${before(asked)}`
  return `${credits} credits would be granted to ${accountId}; its balance would be ${balance + credits}`
}

export const previewAdjust: Preview = async (ctx, asked) => {
  const { accountId, balance } = await requireAccount(ctx, asked)
  const delta = wholeNumberIn(asked, 'delta')
  const { taskId = null } = asked
  const posting = { accountId, kind: 'adjust', delta, purpose: null, taskId } as const
  if (await isBooked(ctx, asked, posting)) return `nothing would move: ${before(asked)}`
  if (balance + delta < 0) {
    throw refused(
      'balance_too_small',
      `The balance is ${balance} credits and cannot fall below 0: take at most that`,
    )
  }
  return `${accountId} would be corrected by ${delta}; its balance would be ${balance + delta}`
}

export const previewOpen: Preview = async (ctx, asked) => {
  const plan = oneOf(PLAN_IDS, asked, 'plan')
  const customerId = String(asked['customerId'])
  if (!isCustomerId(customerId)) throw invalid('customerId', 'customerId is not a customer id')
  return (await findCustomer(ctx, customerId))
    ? `customer ${customerId} exists already on plan ${plan}: nothing would change`
    : `customer ${customerId} would be opened on plan ${plan}, live and for tests`
}

export const previewPlan: Preview = async (ctx, asked) => {
  const plan = oneOf(PLAN_IDS, asked, 'plan')
  const account = await findCustomer(ctx, asked['customerId'])
  if (!account) throw customerNotFound()
  const customer = `customer ${String(asked['customerId'])}`
  return account.plan === plan
    ? `${customer} is on plan ${plan} already: nothing would change`
    : `${customer} would change from plan ${account.plan} to ${plan}`
}

const MOST_PER_SECOND = 10_000 // the ledger takes no higher rate

export const previewRate: Preview = async ({ now, billing }, asked) => {
  const factor = oneOf(UPSCALE_FACTORS, asked, 'factor')
  const { validFrom } = asked
  const credits = wholeNumberIn(asked, 'creditsPerSecond')
  if (credits > MOST_PER_SECOND) {
    throw invalid('creditsPerSecond', `creditsPerSecond is at most ${MOST_PER_SECOND}`)
  }
  const isTime = typeof validFrom === 'string' && validFrom.includes('T')
  const from = isTime ? Date.parse(validFrom) : Number.NaN
  if (!(from > now().getTime())) {
    throw invalid('validFrom', 'validFrom must be a time in the future: 2027-01-01T00:00:00Z')
  }
  const { body } = await billing.ask({ method: 'GET', path: '/rates' })
  const then = (body as RatesView).schedule.find(
    (rate) => rate.factor === factor && Date.parse(rate.validFrom) === from,
  )
  if (then && then.creditsPerSecond !== credits) {
    throw refused(
      'rate_exists',
      `Factor ${factor} costs ${then.creditsPerSecond} credits per second from ${then.validFrom} on, ` +
        'and a rate never changes: let the new one begin at another time',
    )
  }
  return `factor ${factor} would cost ${credits} credits a second from ${String(validFrom)} on`
}

export const previewAccept: Preview = async ({ billing }, { check, subject }) => {
  const { findings } = await billing.readBooksState()
  const found = findings.some((finding) => finding.check === check && finding.subject === subject)
  if (check !== 'delivered_unpaid') {
    throw refused(
      'not_acceptable',
      `Only delivered_unpaid is a person's to accept; a finding of ${String(check)} has to be mended`,
    )
  }
  const what = `${check} of ${String(subject)}`
  return found
    ? `the finding ${what} would be let be`
    : `the last pass found no ${what}: where there is one, it would be let be`
}

async function requireAccount({ billing }: Billing, { accountId }: Asked): Promise<AccountView> {
  const known = typeof accountId === 'string' && isAccountId(accountId)
  const account = known ? await billing.readAccount(accountId) : undefined
  if (account) return account
  throw new AppError('NOT_FOUND', 'There is no such account: open its customer first', {
    key: 'account_not_found',
  })
}

const before = ({ key }: Asked): string => `${String(key)} was booked before with the same data`

type Posting = { [Name in Exclude<keyof PostingView, 'key' | 'createdAt'>]: unknown }

/** Whether the key booked the same before. Throws where it booked something else. */
async function isBooked({ billing }: Billing, { key }: Asked, asked: Posting): Promise<boolean> {
  if (typeof key !== 'string') throw invalid('key', 'key is missing or not valid')
  const used = await billing.findPosting(key)
  if (!used) return false
  const names = ['accountId', 'kind', 'delta', 'taskId'] as const
  const isOld = used.purpose === null // it was granted before grants had a purpose
  const isSame = names.every((name) => used[name] === asked[name])
  if (isSame && (isOld || used.purpose === asked.purpose)) return true
  const { kind, delta, accountId, createdAt } = used
  throw refused(
    'key_reused',
    `Key ${key} was used for other data, ${kind} ${delta} to ${accountId} at ${createdAt}: ` +
      'repeat it with the same data, or use another key',
  )
}

function oneOf<Text extends string>(known: readonly Text[], asked: Asked, param: string): Text {
  const found = known.find((text) => text === asked[param])
  if (found !== undefined) return found
  throw invalid(param, `${param} must be one of ${known.join(', ')}`)
}

function wholeNumberIn(asked: Asked, param: string): number {
  const value = asked[param]
  const isLeast = param === 'delta' ? value !== 0 : Number(value) >= 1
  if (typeof value === 'number' && Number.isSafeInteger(value) && isLeast) return value
  throw invalid(
    param,
    `${param} must be a whole number, and ${param === 'delta' ? 'not 0' : 'at least 1'}`,
  )
}

const invalid = (param: string, message: string): AppError =>
  new AppError('INVALID_PARAMETER', message, { param })

const refused = (key: string, message: string): AppError =>
  new AppError('ACTION_REFUSED', message, { key })
