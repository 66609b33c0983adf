import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { childService } from '../src/supervise/child-service.ts'
import { endLeftOvers, openProcessBook } from '../src/supervise/process-book.ts'
import { identityOf, isAlive } from '../src/supervise/process-identity.ts'
import type { ServiceRow } from '../src/supervise/service.ts'
import { supervise } from '../src/supervise/supervisor.ts'
import { untilHealthy } from '../src/supervise/until-ready.ts'
import { freeBasePort } from './free-base-port.ts'
import { temporaryFolder } from './temporary-folder.ts'

const FIXTURE = new URL('fixture-service.ts', import.meta.url).pathname

const fixture = (port: number | 'fail') =>
  childService({
    name: 'fixture',
    url: null,
    health: null,
    command: process.execPath,
    args: [FIXTURE, String(port)],
    onLine: () => {},
    graceMs: 2_000,
    ready: (signal) => untilHealthy(Number(port), signal),
  })

function watch(folder: string) {
  const rows: ServiceRow[] = []
  const crashes: string[] = []
  const supervision = {
    book: openProcessBook(join(folder, 'processes.json')),
    onChange: (row: ServiceRow) => void rows.push(row),
    onCrash: (service: string, reason: string) => void crashes.push(`${service}: ${reason}`),
  }
  return { rows, crashes, supervision }
}

async function eventually(check: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!check()) {
    if (Date.now() > deadline) throw new Error('It did not happen within 20 s')
    await sleep(50)
  }
}

test('a service that is killed is started again, and is gone after the stop', async () => {
  using folder = temporaryFolder()
  const { rows, crashes, supervision } = watch(folder.path)
  const supervised = supervise(fixture(await freeBasePort()), supervision)
  const first = await supervised.started
  expect(first.state).toBe('ready')

  process.kill(first.pid ?? 0, 'SIGKILL')
  await eventually(() => rows.some(({ state, pid }) => state === 'ready' && pid !== first.pid))
  expect(crashes).toEqual(['fixture: SIGKILL'])

  const second = rows.at(-1)?.pid ?? 0
  await supervised.stop()
  expect(identityOf(second)).toBeUndefined()
  expect(rows.at(-1)).toMatchObject({ state: 'stopped', pid: null })
  expect(readFileSync(join(folder.path, 'processes.json'), 'utf8')).toBe('{}')
})

test('one whose crashes are meant comes back again and again, and nobody is told', async () => {
  using folder = temporaryFolder()
  const { rows, crashes, supervision } = watch(folder.path)
  const service = { ...fixture(await freeBasePort()), isMeantToCrash: true }
  const supervised = supervise(service, supervision)
  let { pid } = await supervised.started
  const began = Date.now()
  for (let crash = 0; crash < 5; crash += 1) {
    process.kill(pid ?? 0, 'SIGKILL')
    const isBack = ({ state, pid: next }: ServiceRow) => state === 'ready' && next !== pid
    await eventually(() => isBack(rows.at(-1) as ServiceRow))
    pid = rows.at(-1)?.pid ?? null
  }
  expect(Date.now() - began).toBeLessThan(7_750) // what the growing waits alone would take
  expect(crashes).toEqual([])
  await supervised.stop()
})

test('a service that never works is a problem with its last words after three tries', async () => {
  using folder = temporaryFolder()
  const { crashes, supervision } = watch(folder.path)
  await expect(supervise(fixture('fail'), supervision).started).rejects.toThrow(
    'fixture does not start (exit code 3):\nthere is no disk',
  )
  expect(crashes).toHaveLength(2)
})

test('a stop during the wait for the next start starts nothing more', async () => {
  using folder = temporaryFolder()
  const { crashes, rows, supervision } = watch(folder.path)
  const supervised = supervise(fixture('fail'), supervision)
  await eventually(() => crashes.length === 1)
  await supervised.stop()
  expect(rows.at(-1)?.state).toBe('stopped')
  await expect(supervised.started).rejects.toThrow('fixture was stopped before it was ready.')
})

test('what a killed stack left running is found by its book and ended', async () => {
  using folder = temporaryFolder()
  const book = join(folder.path, 'processes.json')
  const launched = await fixture(await freeBasePort()).launch()
  openProcessBook(book).add('fixture', launched.pid)
  const identity = identityOf(launched.pid)
  expect(identity && isAlive(identity)).toBe(true)

  expect(await endLeftOvers(book)).toEqual(['fixture'])
  expect(identity && isAlive(identity)).toBe(false)
  expect(await endLeftOvers(book)).toEqual([])
})

test('another process with the same number is left alone', async () => {
  const launched = await fixture(await freeBasePort()).launch()
  const identity = { pid: launched.pid, startedAt: 'another day' }
  expect(isAlive(identity)).toBe(false)
  process.kill(launched.pid, 'SIGKILL')
  await launched.exited
})
