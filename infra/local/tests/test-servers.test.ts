import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { Client } from 'pg'
import type { Reporter } from '../src/output/reporter.ts'
import { serverEnvironment, startTestServers } from '../src/test-run/test-servers.ts'

async function ask(url: string, query: string): Promise<unknown> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {}) // its server is killed
  await client.connect()
  try {
    return ((await client.query(query)).rows as Record<string, unknown>[])[0]
  } finally {
    await client.end()
  }
}

test('the database that tests may kill comes back each time, nobody is told, the other one stays', async () => {
  const said: string[] = []
  const reporter: Reporter = {
    step: () => {},
    service: () => {},
    log: () => {},
    ready: () => {},
    say: (text) => void said.push(text),
  }
  await using servers = await startTestServers(reporter, new AbortController().signal)
  const { databaseUrl, crashDatabaseUrl, temporalAddress } = servers
  expect(serverEnvironment(servers)).toEqual({
    TEST_DATABASE_URL: databaseUrl,
    TEST_CRASH_DATABASE_URL: crashDatabaseUrl,
    TEST_TEMPORAL_ADDRESS: temporalAddress,
  })
  const started = 'select pg_postmaster_start_time() as at'
  const steady = await ask(databaseUrl, started)
  for (let crash = 0; crash < 2; crash += 1) {
    const before = await ask(crashDatabaseUrl, started)
    const { folder } = (await ask(
      crashDatabaseUrl,
      `select current_setting('data_directory') as folder`,
    )) as { folder: string }
    const [pid] = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
    process.kill(Number(pid), 'SIGKILL')
    let after: unknown
    for (let tries = 0; after === undefined && tries < 200; tries += 1) {
      after = await ask(crashDatabaseUrl, started).catch(() => undefined)
      await sleep(50)
    }
    expect(after).toBeDefined()
    expect(after).not.toEqual(before)
  }
  expect(await ask(databaseUrl, started)).toEqual(steady)
  expect(said).toEqual([])
})
