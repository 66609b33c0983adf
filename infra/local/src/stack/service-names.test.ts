import { expect, test } from '@jest/globals'
import { LEAVABLE, readNames } from './service-names.ts'

test('names are separated by commas; none given is none', () => {
  expect(readNames('--without', 'media-probe, orchestrator', LEAVABLE)).toEqual([
    'media-probe',
    'orchestrator',
  ])
  expect(readNames('--without', undefined, LEAVABLE)).toEqual([])
})
