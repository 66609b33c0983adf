import { median, ms, percentile, report } from '@upscale/testing'
import type { Customer } from '../src/customer.ts'

const PAGE = 100

/** All of an account's tasks, page by page as a customer reads them. */
export async function benchListTasks(us: Customer, expected: number): Promise<void> {
  const took: number[] = []
  const seen = new Set<string>()
  let cursor: string | null = ''
  while (cursor !== null) {
    const began = performance.now()
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor && { cursor }) })
    const { body } = await us.call('GET', `/tasks?${query.toString()}`)
    took.push(performance.now() - began)
    const page = body.data as { items: { id: string }[]; next_cursor: string | null }
    for (const { id } of page.items) seen.add(id)
    cursor = page.next_cursor
  }
  if (seen.size !== expected) throw new Error(`${seen.size} of ${expected} tasks were listed`)
  const [first = NaN] = took
  const last = took.at(-1) ?? NaN
  report(
    `GET /tasks, ${expected} tasks, ${PAGE} a page`,
    `p50 ${ms(median(took))}, p99 ${ms(percentile(took, 0.99))} a page`,
    {
      peer: `first page ${ms(first)}, last page ${ms(last)}`,
      ratio: last / first,
      aim: 'no slower at the end',
    },
  )
}
