import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Client } from 'pg'
import { preparePostgres, stopPostgresIn } from '../src/postgres/postgres-server.ts'
import { identityOf, whenGone } from '../src/supervise/process-identity.ts'
import { freeBasePort } from './free-base-port.ts'
import { temporaryFolder } from './temporary-folder.ts'

async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

test('it starts in UTF-8 with fsync, is reused while it runs, and its data outlives a kill -9', async () => {
  using folder = temporaryFolder()
  const options = { folder: join(folder.path, 'postgres'), port: await freeBasePort() }
  const server = await preparePostgres(options)
  const pid = await server.start()
  try {
    const [settings] = await query(
      server.adminUrl,
      `select current_setting('fsync') as fsync, current_setting('server_encoding') as encoding,
        current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets`,
    )
    expect(settings).toEqual({ fsync: 'on', encoding: 'UTF8', addresses: '127.0.0.1', sockets: '' })
    await query(server.adminUrl, 'create table kept as select 7 as n')

    const again = await preparePostgres(options)
    expect(again.adminUrl).toBe(server.adminUrl)
    expect(await again.start()).toBe(pid)

    const identity = identityOf(pid)
    process.kill(pid, 'SIGKILL')
    if (identity) await whenGone(identity)
    expect(await again.start()).not.toBe(pid)
    expect(await query(server.adminUrl, 'select n from kept')).toEqual([{ n: 7 }])
  } finally {
    await server.stop()
  }
  await expect(query(server.adminUrl, 'select 1')).rejects.toThrow('ECONNREFUSED')
})

test('a server that a dead stack left is stopped by its folder alone', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'postgres')
  const server = await preparePostgres({ folder: path, port: await freeBasePort() })
  const identity = identityOf(await server.start())
  expect(await stopPostgresIn(path)).toBe(true)
  if (identity) await whenGone(identity)
  expect(await stopPostgresIn(path)).toBe(false)
})

test('a wrong password is refused', async () => {
  using folder = temporaryFolder()
  const options = { folder: join(folder.path, 'postgres'), port: await freeBasePort() }
  const server = await preparePostgres(options)
  await server.start()
  try {
    const url = new URL(server.adminUrl)
    url.password = 'guess'
    await expect(query(url.href, 'select 1')).rejects.toThrow('password authentication failed')
  } finally {
    await server.stop()
  }
})

test('a taken port is one sentence with the fix', async () => {
  using folder = temporaryFolder()
  const port = await freeBasePort()
  const other = createServer().listen(port, '127.0.0.1')
  await once(other, 'listening')
  try {
    const server = await preparePostgres({ folder: join(folder.path, 'postgres'), port })
    await expect(server.start()).rejects.toThrow(
      `Port ${port}, meant for PostgreSQL, is taken by another program: stop that program, or choose other ports with --port N (11 ports from N are used, and two more for each further gateway).`,
    )
  } finally {
    other.close()
  }
})
