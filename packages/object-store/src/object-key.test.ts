import { describe, expect, test } from '@jest/globals'
import { checkKey, checkNewKey, contentTypeOf } from './object-key.ts'

describe('object keys', () => {
  test.each(['a', 'results/task_1/x-Y_9/upscaled.mp4'])('%s is one', (key) => {
    expect(checkKey(key)).toBe(key)
  })

  test.each([
    '',
    '/a',
    'a/',
    'a//b',
    '..',
    'a/../b',
    'a/.b',
    '.incoming/x',
    'a\\b',
    'a\0b',
    'a b',
    'ä',
    'a\n',
    'x'.repeat(513),
  ])('%j is none', (key) => {
    expect(() => checkKey(key)).toThrow(TypeError)
  })

  test('the extension says the type', () => {
    expect(['a.mp4', 'a.mov', 'a.mkv', 'a.bin', 'mp4'].map(contentTypeOf)).toEqual([
      'video/mp4',
      'video/quicktime',
      'video/x-matroska',
      'application/octet-stream',
      'application/octet-stream',
    ])
    expect(() => checkNewKey('a.mp4', 'video/quicktime')).toThrow(TypeError)
  })
})
