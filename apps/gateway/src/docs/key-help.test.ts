import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { KEY_HELP } from './key-help.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const FOLDERS = [
  'apps/gateway/src',
  'apps/media-probe/src',
  'apps/upscale-worker/src',
  'packages/ffmpeg/src',
  'packages/media-reader/src',
  'packages/safe-fetch/src',
]
/** Tests, what operators alone are answered, labels of metrics, and the help itself. */
const OTHERS = /\.test\.ts$|\/events\.ts$|\/(operators|accounts|docs)\//
const GIVEN = [
  /\bkey: '([a-z_]+)'/g,
  /\b(?:unreadable|unavailable|sourceChanged|fetchFailed|probeFailed|unsupportedVideo)\(\s*'([a-z_]+)'/g,
  /\brefused\('([a-z_]+)'/g,
]
const OWN = ['task_canceled'] // the name of its code, which has no finer key

async function keysIn(folder: string): Promise<string[]> {
  const names = await readdir(ROOT + folder, { recursive: true })
  const files = names.map((name) => `${ROOT}${folder}/${name}`)
  const sources = files.filter((file) => file.endsWith('.ts') && !OTHERS.test(file))
  const texts = await Promise.all(sources.map((file) => readFile(file, 'utf8')))
  return texts.flatMap((text) =>
    GIVEN.flatMap((pattern) => [...text.matchAll(pattern)].map(([, key = '']) => key)),
  )
}

test('every key that customers may be answered is explained', async () => {
  const given = new Set((await Promise.all(FOLDERS.map(keysIn))).flat())
  expect(given.size).toBeGreaterThan(30)
  const explained = new Set([...Object.values(KEY_HELP).flatMap(Object.keys), ...OWN])
  expect([...given].filter((key) => !explained.has(key))).toEqual([])
})

test.each([
  ['SOURCE_CHANGED', 'source_changed', 'media_inconsistent'],
  ['SOURCE_UNREADABLE', 'output_too_large', 'source_truncated'],
  ['RATE_LIMITED', 'queue_full', 'too_many_uploads'],
  ['INVALID_PARAMETER', 'upload_empty', 'upload_too_slow', 'upload_cut_off'],
] as const)('%s explains its finer keys', (code, ...keys) => {
  expect(Object.keys(KEY_HELP[code] ?? {})).toEqual(expect.arrayContaining(keys))
})
