import { randomUUID } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'

export interface TestTemporal extends AsyncDisposable {
  address: string
  /** A namespace of this test file alone: queue names are fixed, so nobody else's worker answers. */
  namespace: string
  client: Client
}

const KEYWORD = 2 // temporal.api.enums.v1.IndexedValueType

/**
 * A fresh namespace on the real server that `TEST_TEMPORAL_ADDRESS` names.
 *
 * @param searchAttributes names of Keyword attributes to register
 */
export async function testTemporal(searchAttributes: readonly string[]): Promise<TestTemporal> {
  const address = process.env['TEST_TEMPORAL_ADDRESS']
  if (!address) throw new Error('TEST_TEMPORAL_ADDRESS is not set: run the tests through pnpm test')
  const connection = await Connection.connect({ address })
  const namespace = `test-${randomUUID()}`
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  })
  await eventually(() =>
    connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(searchAttributes.map((name) => [name, KEYWORD])),
    }),
  )
  await eventually(() => connection.workflowService.listWorkflowExecutions({ namespace }))
  return {
    address,
    namespace,
    client: new Client({ connection, namespace }),
    [Symbol.asyncDispose]: () => connection.close(),
  }
}

/** A new namespace reaches each part of the server at its own time. */
async function eventually(call: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    try {
      await call()
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
