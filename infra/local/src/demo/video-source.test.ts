import { expect, test } from '@jest/globals'
import { readVideoSource, resultName } from './video-source.ts'

test('no name means the clip of the repository', () => {
  const source = readVideoSource(undefined, '/nowhere')
  expect(source).toEqual({ kind: 'file', path: expect.stringMatching(/samples\/.+360p\.mp4$/) })
  expect(resultName(source, '2')).toBe('big-buck-bunny-360p-2x.mp4')
})

test('a URL stays a URL and gives the result its name', () => {
  const source = readVideoSource('https://example.com/a/my%20clip.mov?token=1', '/nowhere')
  expect(source).toEqual({ kind: 'url', url: 'https://example.com/a/my%20clip.mov?token=1' })
  expect(resultName(source, '4')).toBe('my clip-4x.mp4')
  const odd = readVideoSource('https://example.com/100%.mov', '/nowhere')
  expect(resultName(odd, '4')).toBe('100%-4x.mp4')
})

test('a file that is not there is said in one sentence', () => {
  expect(() => readVideoSource('clip.mp4', '/nowhere')).toThrow(
    'There is no file /nowhere/clip.mp4: name a video file or an http(s) URL.',
  )
})
