import type { Answer, Customer } from './customer.ts'

/** What a refused request says, as tests compare it. */
export const refusalOf = ({ status, body }: Answer) => ({
  status,
  success: body.success,
  code: body.error?.code,
  key: body.error?.key,
  message: body.error?.message,
})

/** What a customer has: equal before and after a refusal. */
export async function holdingsOf(us: Customer) {
  const { items } = await us.list({ limit: 100 })
  return { credits: await us.credits(), tasks: items.map(({ id }) => id) }
}
