import { Client, Connection } from '@temporalio/client'

export interface TemporalConfig {
  address: string
  namespace: string
}

export interface TemporalClient extends AsyncDisposable {
  client: Client
  /** Throws where the server does not answer. */
  check: () => Promise<void>
}

/** A client for one namespace. The connection is made by the first call and heals by itself. */
export function connectTemporal({ address, namespace }: TemporalConfig): TemporalClient {
  const connection = Connection.lazy({ address, connectTimeout: '5s' })
  return {
    client: new Client({ connection, namespace }),
    check: async () => {
      await connection.withDeadline(Date.now() + 2_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      )
    },
    [Symbol.asyncDispose]: () => connection.close(),
  }
}
