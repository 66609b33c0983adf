import { expect, test } from '@jest/globals'
import { isRecentTemporal } from './temporal-version.ts'

test.each([
  ['temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)', true],
  ['temporal version 1.5.2 (Server 1.30.0, UI 2.44.0)', true],
  ['temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)', false],
  ['temporal version 9.0.0 (Server 2.0.0, UI 3.0.0)', true],
  ['some other program 1.31', false],
])('%s: %s', (text, recent) => {
  expect(isRecentTemporal(text)).toBe(recent)
})
