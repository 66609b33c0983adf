import { expect, test } from '@jest/globals'
import { createTestCounter, renderCount } from './count-tests.ts'

test('the closing lines of all packages are added up, with or without colours', () => {
  const { read, count } = createTestCounter()
  read('@upscale/db:test: Tests:       18 passed, 18 total')
  read(
    '@upscale/x:test: \u001B[1mTests:       \u001B[22m\u001B[31m2 failed\u001B[39m, 1 skipped, 5 passed, 8 total',
  )
  read('@upscale/x:test: Tests: see the manual')
  expect(count).toEqual({ passed: 23, failed: 2, skipped: 1 })
})

test('a run that failed never reports zero failures', () => {
  const count = { passed: 3, failed: 0, skipped: 0 }
  expect(renderCount(count, 0)).toBe('3 passed, 0 failed')
  expect(renderCount(count, 1)).toBe('3 passed, 1 failed')
  expect(renderCount({ passed: 3, failed: 2, skipped: 1 }, 1)).toBe('3 passed, 2 failed, 1 skipped')
})
