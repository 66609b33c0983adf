import { expect, test } from '@jest/globals'
import { runWatched } from '../src/test-run/run-watched.ts'
import { identityOf, whenGone } from '../src/supervise/process-identity.ts'

const NEVER = new AbortController().signal

function watched(code: string, signal = NEVER) {
  const lines: string[] = []
  const ended = runWatched({
    program: process.execPath,
    args: ['-e', code],
    cwd: '/',
    env: process.env,
    onLine: (line) => void lines.push(line),
    silentMs: 3_000,
    silenceMeans: 'it sleeps',
    signal,
  })
  return { lines, ended }
}

test('a command that goes on talking is left alone and gives its exit code', async () => {
  const code = `let n = 0; setInterval(() => { console.log(n += 1); if (n === 4) process.exit(7) }, 1000)`
  const { lines, ended } = watched(code)
  expect(await ended).toBe(7)
  expect(lines).toEqual(['1', '2', '3', '4'])
})

test('one that hangs is a sentence, and what it started is gone as well', async () => {
  const code = `const { pid } = require('node:child_process').spawn('sleep', ['600']); console.log(pid); setInterval(() => {}, 1000)`
  const { lines, ended } = watched(code)
  await expect(ended).rejects.toThrow('Ended, since nothing was said for 0.05 minutes: it sleeps.')
  const left = identityOf(Number(lines[0])) // killed, and perhaps not yet gone
  if (left) await whenGone(left)
})

test('a stop that is asked for ends it with that reason', async () => {
  const stop = new AbortController()
  const { ended } = watched('setInterval(() => {}, 1000)', stop.signal)
  stop.abort(new Error('asked to stop'))
  await expect(ended).rejects.toThrow('asked to stop')
})
