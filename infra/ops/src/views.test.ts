import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { VIEWS, fillIn } from './views.ts'

test("the operators' page lists the same questions and queries", () => {
  const page = readFileSync(new URL('../../../docs/operating.md', import.meta.url), 'utf8')
  const rows = page.matchAll(/^\| (\S.*\?) +\| `(.+?)` +\|$/gm)
  expect(Array.from(rows, ([, question, query]) => ({ question, query }))).toEqual(VIEWS)
})

test('the blanks of a query are filled in', () => {
  const blanks = { account: 'acme:live', code: 'C', now: new Date('2026-11-24T12:00:00Z') }
  expect(fillIn('<account> <code> <15 min ago>', blanks)).toBe(
    'acme:live C 2026-11-24T11:45:00.000Z',
  )
})
