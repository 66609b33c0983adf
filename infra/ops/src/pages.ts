import type { Command } from 'commander'
import type { ApiClient, Query } from './api-client.ts'
import { readWhole } from './arguments.ts'

export interface PageOptions {
  limit: number
  all?: boolean
}

interface List<Item> {
  items: Item[]
  nextCursor: string | null
}

const LIMIT = 20
const HIGHEST_LIMIT = 100

/** Lists come in pages. */
export const addPages = (command: Command): Command =>
  command
    .option(
      '--limit <n>',
      'how many at once',
      (text: string) => readWhole('--limit', text, 1, HIGHEST_LIMIT),
      LIMIT,
    )
    .option('--all', 'all pages')

/** The first page of a list, or all of it as one. */
export async function readPages<Item>(
  api: ApiClient,
  path: string,
  { limit, all }: PageOptions,
  query: Query = {},
): Promise<List<Item>> {
  const size = all ? HIGHEST_LIMIT : limit
  const items: Item[] = []
  let cursor: string | undefined
  for (;;) {
    const page: List<Item> = await api.get(path, { ...query, limit: size, cursor })
    items.push(...page.items)
    if (!all || page.nextCursor === null) return { items, nextCursor: page.nextCursor }
    cursor = page.nextCursor
  }
}

/** Ends the text of a list that goes on. */
export const moreText = ({ nextCursor }: { nextCursor: string | null }): string =>
  nextCursor === null ? '' : '\nThere are more: --all shows them.'
