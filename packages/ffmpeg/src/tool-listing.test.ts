import { expect, test } from '@jest/globals'
import { isNewEnough, namesIn, versionIn } from './tool-listing.ts'

test('reads the version', () => {
  expect(versionIn('ffmpeg version 5.1.9-0+deb12u1 Copyright (c)')).toBe('5.1.9-0+deb12u1')
  expect(versionIn('something else')).toBeUndefined()
})

test.each([
  ['4.4.2', false],
  ['5.0.1', false],
  ['5.1.9-0+deb12u1', true],
  ['n5.1', true],
  ['6.0', true],
  ['n8.1.3', true],
  ['10.2', true],
  ['N-118193-g5f38c82536', true],
])('%s is new enough: %s', (version, answer) => {
  expect(isNewEnough(version)).toBe(answer)
})

test('reads names of encoders and filters', () => {
  const encoders =
    ' V..... = Video\n ------\n V....D libx264              libx264 H.264\n A....D aac AAC\n'
  expect(namesIn(encoders)).toEqual(new Set(['libx264', 'aac']))
  expect(namesIn(' TSC scale             V->V       Scale\n ..C cas V->V x\n')).toEqual(
    new Set(['scale', 'cas']),
  )
})
