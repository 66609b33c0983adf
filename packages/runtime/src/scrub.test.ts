import { expect, test } from '@jest/globals'
import { scrub } from './scrub.ts'

test.each([
  ['key sk-AbcdefghijklmnopqrstuvwxyzABCDEFGHIJ', 'key sk-[secret]'],
  ['key sk-test-AbcdefghijklmnopqrstuvwxyzABCDEFGHIJ', 'key sk-test-[secret]'],
  ['{"authorization":"Bearer abc.def"}', '{"authorization":"Bearer [secret]"}'],
  [
    'https://a.example/v.mp4?X-Amz-Signature=ab12&x=1',
    'https://a.example/v.mp4?X-Amz-Signature=[secret]&x=1',
  ],
  ['postgres://app:hunter2@127.0.0.1/db', 'postgres://app:[secret]@127.0.0.1/db'],
  ['task_xyz789 took 3 s', 'task_xyz789 took 3 s'],
])('scrubs %s', (text, shown) => {
  expect(scrub(text)).toBe(shown)
})
