import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { tryLock, withLock } from '../src/lock.ts'
import { temporaryFolder } from './temporary-folder.ts'

const LOCK_MODULE = new URL('../src/lock.ts', import.meta.url).href

/** Another process that holds the lock until it is killed: it must go on using it, or it is collected. */
async function holder(path: string) {
  const code = `import { tryLock } from '${LOCK_MODULE}'; const lock = tryLock('${path}'); console.log(lock !== null); setInterval(() => lock, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  expect(String(said)).toBe('true\n')
  return child
}

test('a lock of a living process is refused; kill -9 gives it back', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'a.lock')
  const child = await holder(path)
  expect(tryLock(path)).toBeNull()
  child.kill('SIGKILL')
  await once(child, 'exit')
  using lock = tryLock(path)
  expect(lock).not.toBeNull()
})

test('who waits is told once, and works when the other one has ended', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'a.lock')
  const child = await holder(path)
  let waits = 0
  const onWait = () => {
    waits += 1
    setTimeout(() => child.kill('SIGKILL'), 500)
  }
  expect(await withLock(path, { onWait }, () => Promise.resolve('done'))).toBe('done')
  expect(waits).toBe(1)
})
