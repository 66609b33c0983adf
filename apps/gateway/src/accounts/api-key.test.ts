import { expect, test } from '@jest/globals'
import { digestOf, isWellFormedKey, newApiKey, readPeppers, shownKey } from './api-key.ts'

test('a new key has its form and its checksum', () => {
  const live = newApiKey(true)
  const trial = newApiKey(false)
  expect(live).toMatch(/^sk-[0-9A-Za-z]{36}$/)
  expect(trial).toMatch(/^sk-test-[0-9A-Za-z]{36}$/)
  expect([live, trial].every(isWellFormedKey)).toBe(true)
  expect(newApiKey(true)).not.toBe(live)
})

test('the checksum never changes: old keys must open for ever', () => {
  expect(isWellFormedKey('sk-0000000000000000000000000000000PXf9v')).toBe(true)
  expect(isWellFormedKey('sk-test-0000000000000000000000000000001EPF0T')).toBe(true)
})

test('a typo in any place is seen without a database', () => {
  const key = newApiKey(true)
  for (let place = 3; place < key.length; place += 1) {
    const other = key[place] === 'x' ? 'y' : 'x'
    expect(isWellFormedKey(key.slice(0, place) + other + key.slice(place + 1))).toBe(false)
  }
})

test('a swapped prefix and a wrong length are seen', () => {
  const key = newApiKey(true)
  expect(isWellFormedKey(key.replace('sk-', 'sk-test-'))).toBe(false)
  expect(isWellFormedKey(newApiKey(false).replace('sk-test-', 'sk-'))).toBe(false)
  expect(isWellFormedKey(`${key}0`)).toBe(false)
  expect(isWellFormedKey(key.slice(0, -1))).toBe(false)
  expect(isWellFormedKey(`${key}\n`)).toBe(false)
})

test('a key is shown by its ends alone', () => {
  const key = newApiKey(false)
  expect(shownKey(key)).toBe(`sk-test-…${key.slice(-4)}`)
})

test('peppers: one secret, or named ones of which the first hashes', () => {
  const secret = 'x'.repeat(16)
  expect(readPeppers(secret)).toEqual([{ id: '1', secret }])
  expect(readPeppers(`b:${secret}2,a:${secret}1`)).toEqual([
    { id: 'b', secret: `${secret}2` },
    { id: 'a', secret: `${secret}1` },
  ])
  expect(() => readPeppers('short')).toThrow('API_KEY_PEPPER')
  const [b, a] = readPeppers(`b:${secret}2,a:${secret}1`)
  expect(a && digestOf('sk-1', a)).not.toEqual(digestOf('sk-1', b))
})
