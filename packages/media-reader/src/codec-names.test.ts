import { expect, test } from '@jest/globals'
import { codecOfEntry, codecOfMatroska } from './codec-names.ts'

test.each([
  ['avc1', undefined, 'h264'],
  ['dvh1', undefined, 'hevc'],
  ['mp4v', 0x20, 'mpeg4'],
  ['mp4a', 0x40, 'aac'],
  ['mp4a', 0x6b, 'mp3'],
  ['mp4a', 0x77, 'mp4a'],
  ['X~\u0001é', undefined, 'x'],
])('sample entry %j %j is %s', (fourcc, objectType, codec) => {
  expect(codecOfEntry(fourcc, objectType)).toBe(codec)
})

test.each([
  ['V_MPEG4/ISO/AVC', 'h264'],
  ['V_MPEGH/ISO/HEVC', 'hevc'],
  ['V_AV1', 'av1'],
  ['V_MPEG4/ISO/ASP', 'mpeg4'],
  ['A_AAC/MPEG4/LC', 'aac'],
  ['A_EAC3', 'eac3'],
  ['A_PCM/INT/BIG', 'pcm_s16be'],
  ['A_PCM/FLOAT/IEEE', 'pcm_f16le'],
  ['', 'unknown'],
])('codec id %j is %s', (id, codec) => {
  expect(codecOfMatroska(id, 16, undefined)).toBe(codec)
})
