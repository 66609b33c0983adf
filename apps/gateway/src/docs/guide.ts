import { readFileSync } from 'node:fs'
import { EXAMPLE_HOST } from '../tasks/task-examples.ts'
import { pageOf } from './page.ts'
import type { Page } from './page.ts'

/** In the order in which one reads them. */
const SLUGS = [
  'overview',
  'quick-start',
  'price',
  'videos',
  'waiting',
  'webhooks',
  'safe-repeats',
  'test-mode',
  'limits',
  'retention',
] as const

const FOLDER = new URL('../../guide/', import.meta.url) // as far from `src` as from `dist`

/** The guide, with the host that customers call in its examples. */
export const guidePages = (publicUrl: string): Page[] =>
  SLUGS.map((slug) => {
    const text = readFileSync(new URL(`${slug}.md`, FOLDER), 'utf8')
    return pageOf(slug, text.replaceAll(EXAMPLE_HOST, publicUrl))
  })
