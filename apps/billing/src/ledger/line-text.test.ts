import { expect, test } from '@jest/globals'
import { lineText } from './line-text.ts'

test.each([
  ['UPSCALER_TIMEOUT', 'UPSCALER_TIMEOUT'],
  ['  two\nlines\t\0 ', 'two lines'],
  ['', '-'],
  ['\0\0', '-'],
  ['a\uD800b', 'a b'],
  ['0123456789abcdefghij-', '0123456789abcdefghij'],
  ['💾'.repeat(21), '💾'.repeat(20)],
])('%j becomes %j', (text, line) => {
  expect(lineText(text, 20)).toBe(line)
})
