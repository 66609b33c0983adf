import { expect, test } from '@jest/globals'
import {
  readAccountId,
  readCredits,
  readCustomerId,
  readDelta,
  readFactor,
  readInstant,
  readTaskId,
  readText,
  readWhole,
} from './arguments.ts'

const TASK = 'task_0123456789abcdef'

test.each<[(text: string) => unknown, string, unknown]>([
  [readTaskId, TASK, TASK],
  [readCustomerId, 'acme_1', 'acme_1'],
  [readAccountId, 'acme:live', 'acme:live'],
  [readAccountId, 'a-b:test', 'a-b:test'],
  [readFactor, '4', '4'],
  [readCredits, '1', 1],
  [readCredits, '9007199254740991', 9_007_199_254_740_991],
  [readDelta, '+50', 50],
  [readDelta, '50', 50],
  [readDelta, '-50', -50],
  [readInstant, '2027-01-31', '2027-01-31T00:00:00.000Z'],
  [readInstant, '2027-01-31T10:00+02:00', '2027-01-31T08:00:00.000Z'],
])('%p takes %s', (read, text, value) => {
  expect(read(text)).toBe(value)
})

test.each<[(text: string) => unknown, string, string]>([
  [
    readTaskId,
    'task_1',
    '"task_1" is not a task id, which is task_ and 16 to 40 letters or digits: `ops find` finds tasks by other ids.',
  ],
  [
    readCustomerId,
    'acme:live',
    'acme:live is an account, but a customer is asked for: write acme.',
  ],
  [readCustomerId, 'a b', '"a b" is not a customer id, which is 1 to 64 letters, digits, _ or -.'],
  [readAccountId, 'acme', 'acme is a customer with two accounts: write acme:live or acme:test.'],
  [
    readAccountId,
    'acme:prod',
    '"acme:prod" is not an account: write <customer>:live or <customer>:test, the customer being 1 to 64 letters, digits, _ or -.',
  ],
  [readFactor, '3', 'The factor is one of 1, 2, 4, not "3".'],
  [readCredits, '0', 'The number of credits is a whole number from 1 to 2^53−1, not "0".'],
  [readCredits, '1.5', 'The number of credits is a whole number from 1 to 2^53−1, not "1.5".'],
  [readCredits, '1e3', 'The number of credits is a whole number from 1 to 2^53−1, not "1e3".'],
  [readCredits, '-5', 'The number of credits is a whole number from 1 to 2^53−1, not "-5".'],
  [
    readCredits,
    '9007199254740992',
    'The number of credits is a whole number from 1 to 2^53−1, not "9007199254740992".',
  ],
  [
    readDelta,
    '0',
    'A correction is a whole number of credits such as +50 or -50, not 0 and at most 2^53−1, not "0".',
  ],
  [
    readDelta,
    '-9007199254740992',
    'A correction is a whole number of credits such as +50 or -50, not 0 and at most 2^53−1, not "-9007199254740992".',
  ],
  [
    readInstant,
    '2027-01-31T10:00',
    '"2027-01-31T10:00" is not a time with its zone: write it as 2027-01-31T00:00:00Z, or the day 2027-01-31 in UTC.',
  ],
  [
    readInstant,
    '2027-13-31',
    '"2027-13-31" is not a time with its zone: write it as 2027-01-31T00:00:00Z, or the day 2027-01-31 in UTC.',
  ],
])('%p refuses %s as a mistake of use', (read, text, message) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ message, exitCode: 2 }))
})

test('a number has a highest value where one is given', () => {
  expect(readWhole('--limit', '100', 1, 100)).toBe(100)
  expect(() => readWhole('--limit', '101', 1, 100)).toThrow(
    '--limit is a whole number from 1 to 100, not "101".',
  )
})

test('a text that says nothing is missing', () => {
  expect(readText('Say why.', '  because ')).toBe('because')
  expect(() => readText('Say why.', '  ')).toThrow('Say why.')
  expect(() => readText('Say why.', undefined)).toThrow('Say why.')
})
