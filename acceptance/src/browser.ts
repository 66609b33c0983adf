import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PROGRAM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)

/** Whether this machine has a browser to look with. */
export const hasBrowser = PROGRAM !== undefined

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--autoplay-policy=no-user-gesture-required',
  // Nothing but this machine is there.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

/** Has a page open as long as `work` takes. */
export async function withPage<Seen>(url: string, work: () => Promise<Seen>): Promise<Seen> {
  const profile = await mkdtemp(join(tmpdir(), 'browser-'))
  const child = spawn(PROGRAM ?? '', [...ARGS, `--user-data-dir=${profile}`, url], {
    stdio: 'ignore',
    detached: true, // its helpers end with it
  })
  try {
    return await work()
  } finally {
    const ended = once(child, 'exit')
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await ended
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** What a page has become when its scripts have run. */
export async function renderedPage(url: string): Promise<string> {
  const profile = await mkdtemp(join(tmpdir(), 'browser-'))
  const args = [...ARGS, `--user-data-dir=${profile}`, '--virtual-time-budget=5000', '--dump-dom']
  const child = spawn(PROGRAM ?? '', [...args, url], { stdio: ['ignore', 'pipe', 'ignore'] })
  const parts: Buffer[] = []
  for await (const part of child.stdout) parts.push(part as Buffer)
  await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  return Buffer.concat(parts).toString('utf8')
}
