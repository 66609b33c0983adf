import { expect, test } from '@jest/globals'
import { BOOKS_CHECKS } from '@upscale/types'
import { booksChecks } from './doctor-billing.ts'

const now = new Date('2026-11-24T12:00:00.000Z')
const books = {
  lastPassAt: '2026-11-24T11:59:10.000Z',
  findings: [],
  openCharges: 3,
  oldestOpenAt: null,
}

test('books that are right', () => {
  expect(booksChecks(books, now)).toEqual([
    {
      part: 'books',
      ok: true,
      says: 'are right, 3 open charges, last pass at 2026-11-24T11:59:10.000Z',
      fix: null,
    },
  ])
})

test.each([
  [null, 'were never compared'],
  ['2026-11-24T11:54:59.000Z', 'were last compared at 2026-11-24T11:54:59.000Z'],
])('a last pass at %s is too old', (lastPassAt, says) => {
  expect(booksChecks({ ...books, lastPassAt }, now)).toEqual([
    {
      part: 'books',
      ok: false,
      says,
      fix: 'The schedule reconcile-billing is paused, or the orchestrator is down: see those checks',
    },
  ])
})

test('each finding is a line of its own, with what to do', () => {
  const findings = BOOKS_CHECKS.map((check) => ({ check, subject: 'task_a', problem: 'is wrong' }))
  const [pass, ...found] = booksChecks({ ...books, findings }, now)
  expect(pass?.says).toBe('were compared, 3 open charges, last pass at 2026-11-24T11:59:10.000Z')
  expect(found).toHaveLength(BOOKS_CHECKS.length)
  expect(found.find(({ part }) => part === 'books: delivered_unpaid')).toEqual({
    part: 'books: delivered_unpaid',
    ok: false,
    says: 'task_a: is wrong',
    fix: 'Decide: `ops books accept` lets it be, `ops adjust --task` takes the credits',
  })
})
