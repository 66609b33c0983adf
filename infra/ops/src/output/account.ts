import type { AccountView } from '@upscale/types'
import { count, dollars, many } from './words.ts'

/** One fact a line. */
export function renderAccount(account: AccountView): string {
  const { accountId, plan, balance, dailyTasks, usdMicrosPerCredit, apiAccess } = account
  const facts = [
    ['Account', accountId],
    ['Balance', many(balance, 'credit')],
    ['Plan', plan],
    [
      'Price',
      usdMicrosPerCredit === null
        ? 'not sold by the credit'
        : `${dollars(usdMicrosPerCredit)} a credit`,
    ],
    ['Quota', dailyTasks === null ? 'no limit' : `${count(dailyTasks)} tasks a day`],
    ['API', apiAccess ? 'open' : 'closed: neither a subscription nor a credit pack stands'],
  ] as const
  return facts.map(([name, text]) => `${name.padEnd(7)}  ${text}`).join('\n')
}
