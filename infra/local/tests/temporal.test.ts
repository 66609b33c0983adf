import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Client, Connection } from '@temporalio/client'
import { temporalService } from '../src/temporal/temporal-service.ts'
import { findTemporal } from '../src/temporal/find-temporal.ts'
import { checkTemporal } from '../src/temporal/temporal-server.ts'
import { freeBasePort } from './free-base-port.ts'
import { temporaryFolder } from './temporary-folder.ts'

const NEVER = new AbortController().signal

test('it is ready with attributes and 30 days of history, and a job outlives a kill -9', async () => {
  using folder = temporaryFolder()
  const port = await freeBasePort()
  const file = join(folder.path, '50% #1?', 'temporal.db')
  mkdirSync(dirname(file))
  const service = temporalService({
    program: await findTemporal({ say: () => {}, signal: NEVER }),
    port,
    uiPort: port + 1,
    file,
    onLine: () => {},
  })
  const address = `127.0.0.1:${port}`
  const first = await service.launch()
  await service.ready(NEVER)
  expect((await fetch(service.url ?? '')).status).toBe(200)
  expect(await retentionSeconds(address)).toBe(30 * 86_400)
  await startJob(address, 'job-1')

  process.kill(first.pid, 'SIGKILL')
  await first.exited
  const second = await service.launch()
  try {
    await service.ready(NEVER)
    expect(await statusOf(address, 'job-1')).toBe('RUNNING')
    expect(await retentionSeconds(address)).toBe(30 * 86_400)
  } finally {
    await service.stop(second)
  }
  expect(existsSync(file)).toBe(true)
  await expect(checkTemporal({ address, namespace: 'default' })).rejects.toThrow()
})

async function withConnection<T>(address: string, work: (connection: Connection) => Promise<T>) {
  const connection = await Connection.connect({ address })
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

const retentionSeconds = (address: string) =>
  withConnection(address, async (connection) => {
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' })
    return Number(config?.workflowExecutionRetentionTtl?.seconds)
  })

const startJob = (address: string, workflowId: string) =>
  withConnection(address, async (connection) => {
    await new Client({ connection }).workflow.start('waiting', { workflowId, taskQueue: 'nobody' })
  })

const statusOf = (address: string, workflowId: string) =>
  withConnection(address, async (connection) => {
    const { status } = await new Client({ connection }).workflow.getHandle(workflowId).describe()
    return status.name
  })
