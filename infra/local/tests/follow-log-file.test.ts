import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { followLogFile } from '../src/output/follow-log-file.ts'
import { temporaryFolder } from './temporary-folder.ts'

const NEVER = new AbortController().signal
const lineOf = (msg: string) =>
  `${JSON.stringify({ time: '', level: 'info', service: 'billing', msg })}\n`

async function messages(lines: ReturnType<typeof followLogFile>): Promise<string[]> {
  const seen: string[] = []
  for await (const { msg } of lines) seen.push(msg)
  return seen
}

test('from now on: what is added, in pieces too, until its writer is gone', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'log.ndjson')
  writeFileSync(path, lineOf('before'))
  let isWritten = true
  const options = { fromStart: false, isWritten: () => isWritten, signal: NEVER }
  const seen = messages(followLogFile(path, options))
  await sleep(300)
  const [first, last] = [Buffer.from(lineOf('größer')), lineOf('last words')]
  const cut = first.indexOf('ö') + 1 // amid a letter
  appendFileSync(path, first.subarray(0, cut))
  await sleep(300)
  appendFileSync(path, first.subarray(cut))
  appendFileSync(path, last)
  isWritten = false
  expect(await seen).toEqual(['größer', 'last words'])
})

test('from its start: all of it, however long, until it is asked to stop', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'log.ndjson')
  const all = Array.from({ length: 3_000 }, (_, i) => `line ${i}`)
  writeFileSync(path, all.map(lineOf).join(''))
  const signal = AbortSignal.timeout(500)
  const options = { fromStart: true, isWritten: () => true, signal }
  expect(await messages(followLogFile(path, options))).toEqual(all)
})
