import { expect, test } from '@jest/globals'
import pc from 'picocolors'
import { renderBooks } from './books.ts'

const plain = pc.createColors(false)

test('books that are right', () => {
  const books = {
    lastPassAt: '2026-11-24T12:00:00.000Z',
    findings: [],
    openCharges: 1,
    oldestOpenAt: '2026-11-24T11:59:00.000Z',
  }
  expect(renderBooks(books, plain)).toBe(
    '✓ right at the pass of 2026-11-24 12:00:00Z\n1 charge open, the oldest since 2026-11-24 11:59:00Z',
  )
})

test('books that nobody has looked at are not called right', () => {
  const books = { lastPassAt: null, findings: [], openCharges: 0, oldestOpenAt: null }
  expect(renderBooks(books, plain)).toBe(
    'No pass has ended yet: whether the books are right is not known.\nNo charge is open.',
  )
})

test('each finding is a line', () => {
  const books = {
    lastPassAt: '2026-11-24T12:00:00.000Z',
    findings: [{ check: 'books', subject: 'acme:live', problem: 'off by 5' } as const],
    openCharges: 0,
    oldestOpenAt: null,
  }
  expect(renderBooks(books, plain)).toBe(
    '✗ not right at the pass of 2026-11-24 12:00:00Z\nNo charge is open.\n\nCHECK  SUBJECT    PROBLEM\nbooks  acme:live  off by 5',
  )
})
